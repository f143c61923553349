import path from "node:path";
import type { FirstLine } from "../start/first-line.ts";
import type { StartPlan, StartRequest } from "../start/start-plan.ts";
import { SpawnError } from "../start/spawn-error.ts";
import { batchProblem, planBatch } from "./batch.ts";
import { isBuiltIntoCmd } from "./cmd-builtins.ts";
import { commandLineLength, MAX_COMMAND_LINE, MAX_PATH } from "./command-line.ts";
import { oneSpelling } from "./environment.ts";
import { readNpmShim } from "./npm-shim.ts";
import { searchCommand, type Search } from "./search-command.ts";
import { scriptForCmd, shellLine } from "./shell-script.ts";

/** The files that a plan depends on; passed in, so that the plan can be tested on any system. */
export interface Disk extends Pick<Search, "isFile" | "isFolder"> {
  readonly firstLine: (file: string) => FirstLine;
  /** The text of a batch file; empty if it cannot be read, or is too large for one that npm wrote. */
  readonly batchText: (file: string) => string;
}

/**
 * How to start a command on Windows: a program as it is, a batch file through cmd.exe, and a script with the interpreter of its first line.
 * Where npm wrote a batch file for a command, hardcall starts the program behind it. A command that was not found never comes to cmd.exe:
 * its exit code 9009 would look like the command's own.
 */
export function planOnWindows(asked: StartRequest, disk: Disk): StartPlan | SpawnError {
  const env = oneSpelling(asked.env);
  const search: Search = { cwd: asked.cwd, env, isFile: disk.isFile, isFolder: disk.isFolder };
  const name = JSON.stringify(path.win32.basename(asked.file));
  if (!disk.isFolder(asked.cwd))
    return new SpawnError("other", "ENOENT", "its working folder does not exist");
  let { args } = asked;
  let found = searchCommand(asked.file, search);
  if (found.kind === "other") {
    const script = found.file;
    const line = disk.firstLine(script);
    const [interpreter, ...options] = interpreterOf(line);
    if (interpreter === undefined) return notAProgram(name, script);
    found = searchCommand(interpreter, search);
    if (found.kind !== "program" && found.kind !== "batch") {
      const message = `the interpreter ${JSON.stringify(interpreter)} that the first line of ${name} names was not found`;
      return new SpawnError("not_executable", "ENOENT", message);
    }
    args = [...options, script, ...args];
  }
  if (found.kind === "batch") {
    const behind = behindShim(found.file, search, disk);
    if (behind !== undefined) [found, args] = [behind.found, [...behind.args, ...args]];
  }
  // Node's `detached` gives the child no console. Each console program that the child starts would then open a window of its own, because
  // `windowsHide` has no effect beside it ("Process Creation Flags" in the Windows documentation). Without it, libuv's own Job Object
  // ends the child together with hardcall, and that must not happen to a daemon that may live on.
  const detached = asked.leftovers === "leave";
  switch (found.kind) {
    case "folder":
      return new SpawnError("not_executable", "EACCES", `the command ${name} is a folder (EACCES)`);
    case "missing":
      return missing(name, asked.file);
    case "batch":
      return batchProblem(name, found.file, args, asked) ?? { ...planBatch(found.file, args, env), detached };
    case "program": {
      const script = scriptForCmd(found.file, args);
      if (script !== undefined) return planScript(found.file, script, { env, detached });
      const file = found.file.length > MAX_PATH ? path.win32.toNamespacedPath(found.file) : found.file;
      const length = commandLineLength(file, args);
      if (length <= MAX_COMMAND_LINE) return { file, args, env, detached };
      const limit = `Windows takes at most ${MAX_COMMAND_LINE}; send the text over stdin`;
      return new SpawnError("too_large", "E2BIG", `the command line has ${length} characters and ${limit}`);
    }
    default:
      return found satisfies never;
  }
}

function missing(name: string, file: string): SpawnError {
  const where = /[\\/:]/.test(file) ? "" : " on PATH";
  const how = isBuiltIntoCmd(file) ? `: it is part of cmd.exe; run cmd with the arguments /c ${file}` : "";
  return new SpawnError("not_found", "ENOENT", `the command ${name} was not found${where} (ENOENT)${how}`);
}

/** The program behind a batch file of npm, with the arguments that come first; `undefined` for another batch file, or if it is not there. */
function behindShim(file: string, search: Search, disk: Disk) {
  const shim = readNpmShim(disk.batchText(file));
  if (shim === undefined) return undefined;
  const beside = (name: string) => path.win32.join(path.win32.dirname(file), name);
  const target = beside(shim.target);
  if (!disk.isFile(target)) return undefined;
  if (shim.kind === "program") return { found: { kind: "program", file: target }, args: [] } as const;
  const own = beside(`${shim.interpreter}.exe`);
  const found = disk.isFile(own)
    ? ({ kind: "program", file: own } as const)
    : searchCommand(shim.interpreter, search);
  if (found.kind !== "program" && found.kind !== "batch") return undefined;
  return { found, args: [...shim.options, target] };
}

function planScript(
  file: string,
  script: string,
  options: Pick<StartPlan, "env" | "detached">,
): StartPlan | SpawnError {
  const args = shellLine(script);
  return args instanceof SpawnError ? args : { ...options, file, args, windowsVerbatimArguments: true };
}

function notAProgram(name: string, file: string): SpawnError {
  const extension = path.win32.extname(file).toLowerCase();
  const how =
    extension === ".ps1"
      ? "run powershell.exe with the arguments -NoProfile -File and its path"
      : "run the program that reads it, with its path as the first argument";
  const what = extension === "" ? "a file without an extension and without a #! line" : `a ${extension} file`;
  const message = `the command ${name} was found, but Windows cannot start ${what}; ${how}`;
  return new SpawnError("not_executable", "EACCES", message);
}

/** The program that a script's first line names, and its options: those of `#!/usr/bin/env -S node --test` are `node --test`. */
function interpreterOf({ interpreter, options }: FirstLine): string[] {
  if (interpreter === undefined) return [];
  // A path of Windows stays one. Another, such as /usr/bin/python3, exists on other systems only, but its name may be on PATH.
  const program = /[\\:]/.test(interpreter) ? interpreter : interpreter.replace(/^.*\//, "");
  if (program === "env") return options.replace(/^-S\s+/, "").split(/\s+/);
  return options === "" ? [program] : [program, options];
}
