/** A runtime, and the first version of it that has what hardcall uses. */
interface Needed {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
}

/** What `engines` of package.json asks for. npm only warns. */
const NODE: Needed = { name: "Node", major: 22, minor: 18 };

/**
 * Runtimes that say in `process.versions.node` which Node.js they are like, and in `process.versions` which they are. Bun before 1.4 has no
 * `node:sqlite`. Deno before 2.9 does not tell which thread asks, so a thread that ended would hold its key.
 */
const OTHERS: Readonly<Record<string, Needed>> = {
  bun: { name: "Bun", major: 1, minor: 4 },
  deno: { name: "Deno", major: 2, minor: 9 },
};

type Versions = Readonly<Record<string, string | undefined>>;

const keyOf = (versions: Versions) => Object.keys(OTHERS).find((name) => versions[name] !== undefined);

const neededBy = (versions: Versions): Needed => OTHERS[keyOf(versions) ?? ""] ?? NODE;

/** The version of the runtime that this is. */
export const runtimeVersion = (versions: Versions = process.versions): string =>
  versions[keyOf(versions) ?? "node"] ?? "";

/** What hardcall needs of the runtime that this is, such as `Node 22.18 or later`. */
export function neededVersion(versions: Versions = process.versions): string {
  const { name, major, minor } = neededBy(versions);
  return `${name} ${major}.${minor} or later`;
}

/** Whether this runtime has what hardcall uses. */
export function isRecentEnough(versions: Versions = process.versions): boolean {
  const needed = neededBy(versions);
  const [major = 0, minor = 0] = runtimeVersion(versions).split(".").map(Number);
  return major > needed.major || (major === needed.major && minor >= needed.minor);
}
