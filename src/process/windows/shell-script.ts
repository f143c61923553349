import path from "node:path";
import { CMD_OPTIONS } from "../start/shell.ts";
import { SpawnError } from "../start/spawn-error.ts";
import { MAX_BATCH_LINE } from "./command-line.ts";

/** The script, where a program and its arguments are cmd.exe that is to run one. */
export function scriptForCmd(file: string, args: readonly string[]): string | undefined {
  if (path.win32.basename(file).toLowerCase() !== "cmd.exe") return undefined;
  if (args.length !== CMD_OPTIONS.length + 1) return undefined;
  return CMD_OPTIONS.every((option, index) => args[index]?.toLowerCase() === option)
    ? args.at(-1)
    : undefined;
}

/**
 * The arguments of cmd.exe as they are written. With `/s` it takes off the first and the last quote and reads the rest as it is typed.
 * Quoted for other programs, each `"` would come to it as `\"`.
 */
export function shellLine(script: string): readonly string[] | SpawnError {
  // cmd.exe would run the first line alone, and its exit code would look like that of all.
  if (/[\r\n]/.test(script)) {
    const message = "cmd.exe takes a script of one line; write a batch file and name that";
    return new SpawnError("other", "EINVAL", message);
  }
  const { length } = script;
  if (length <= MAX_BATCH_LINE) return [...CMD_OPTIONS, `"${script}"`];
  const message = `the script has ${length} characters and cmd.exe takes at most ${MAX_BATCH_LINE}; write a batch file and name that`;
  return new SpawnError("too_large", "E2BIG", message);
}
