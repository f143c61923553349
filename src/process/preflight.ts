import { isFolder } from "../core/is-folder.ts";
import { commandLineLength, MAX_COMMAND_LINE } from "./windows/command-line.ts";

/** Linux takes no single argument or environment entry of this size, its NUL included (MAX_ARG_STRLEN, execve(2)). */
const MAX_ARGUMENT_BYTES = 131_072;
/** Windows takes no longer entry of the environment: 32,767 with its NUL ("SetEnvironmentVariable function" in the Windows documentation). */
const MAX_ENTRY_LENGTH = 32_766;

export interface SpawnRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * What would keep a command from starting and can be known before; names positions, never values.
 *
 * @param platform whose limits count
 */
export function commandLineProblems(
  { file, args, cwd, env }: SpawnRequest,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const problems: string[] = [];
  if (typeof file !== "string" || file.trim() === "")
    problems.push("the command must be a name or path that is not blank");
  else if (file.includes("\0")) problems.push("the command holds a NUL byte");
  if (!Array.isArray(args)) return [...problems, "the arguments must be a list of strings"];
  for (const [index, arg] of args.entries()) {
    if (typeof arg !== "string") problems.push(`argument ${index + 1} is not a string`);
    else problems.push(...stringProblems(`argument ${index + 1}`, arg, platform));
  }
  if (platform === "win32" && problems.length === 0) problems.push(...lengthProblems(file, args));
  for (const [name, value] of Object.entries(env ?? {})) {
    if (value === undefined) continue;
    if (typeof value !== "string") problems.push(`environment variable ${name} is not a string`);
    else problems.push(...stringProblems(`environment variable ${name}`, `${name}=${value}`, platform));
    if (platform === "win32" && name.length + value.length + 1 > MAX_ENTRY_LENGTH) {
      const limit = `Windows takes at most ${MAX_ENTRY_LENGTH}`;
      problems.push(`environment variable ${name} has ${value.length} characters and ${limit} with its name`);
    }
  }
  if (cwd !== undefined && !isFolder(cwd))
    problems.push(`the working folder ${JSON.stringify(cwd)} does not exist`);
  if (cwd === undefined && !hasWorkingFolder()) problems.push("the working folder has been deleted");
  return problems;
}

function hasWorkingFolder(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

function stringProblems(what: string, text: string, platform: NodeJS.Platform): string[] {
  if (text.includes("\0")) return [`${what} holds a NUL byte`];
  if (platform === "win32") return [];
  // A character is at most three bytes per UTF-16 unit, so most strings need no counting.
  if (text.length * 3 < MAX_ARGUMENT_BYTES) return [];
  const bytes = Buffer.byteLength(text) + 1;
  if (bytes < MAX_ARGUMENT_BYTES + 1) return [];
  return [
    `${what} has ${bytes - 1} bytes and Linux takes at most ${MAX_ARGUMENT_BYTES - 1}; send it over stdin`,
  ];
}

function lengthProblems(file: string, args: readonly string[]): string[] {
  const length = commandLineLength(file, args);
  if (length <= MAX_COMMAND_LINE) return [];
  const limit = `Windows takes at most ${MAX_COMMAND_LINE}; send the text over stdin`;
  return [`the command and its arguments have ${length} characters together and ${limit}`];
}
