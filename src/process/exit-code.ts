/** An exit code in the forms in which a person may know it: Node shows 4294967295, cmd.exe -1, and documentation 0xFFFFFFFF. */
export function exitCodeText(exitCode: number): string {
  if (exitCode <= 0x7fffffff) return String(exitCode);
  return `${exitCode} (0x${exitCode.toString(16).toUpperCase()}, ${exitCode | 0})`;
}

/** Whether a list names this exit code. Windows has 32 bits of it, which cmd.exe and PowerShell show with a sign: -1 is 4294967295. */
export function hasExitCode(codes: readonly number[], exitCode: number): boolean {
  return codes.some((code) => code >>> 0 === exitCode >>> 0);
}

/** Whether a process can fail with this exit code. Windows has 32 bits of it, with or without a sign. */
export function isFailureCode(code: number, platform = process.platform): boolean {
  if (platform !== "win32") return code >= 1 && code <= 255;
  return code !== 0 && code >= -0x80000000 && code <= 0xffffffff;
}

/** The range of `isFailureCode`, for a message. */
export const failureCodes = (platform = process.platform): string =>
  platform === "win32" ? "exit codes of 32 bits other than 0" : "exit codes from 1 to 255";
