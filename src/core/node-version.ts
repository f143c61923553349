/** What `engines` of package.json asks for. npm only warns. */
const OLDEST = { major: 22, minor: 18 } as const;

export const NEEDED = `Node ${OLDEST.major}.${OLDEST.minor} or later`;

/** Whether this Node.js has what hardcall uses. */
export function isRecentEnough(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}
