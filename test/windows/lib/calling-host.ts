/** A program that makes one call with hardcall, and prints as JSON what came of it. A test may end it in the middle. */
import childProcess, { type SpawnOptions } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { CallError, runCommand } from "hardcall";

export interface HostOrder {
  readonly args: readonly string[];
  readonly options: Parameters<typeof runCommand>[2];
  /**
   * In the moment in which spawn has returned, before hardcall goes on: this host writes the child's pid to a file and is ended, or it
   * stands still until a file is there, long enough for the child to start others.
   */
  readonly atSpawn?: { readonly diesAndTells: string } | { readonly until: string };
}

const { args, options, atSpawn } = JSON.parse(process.argv[2]!) as HostOrder;
if (atSpawn !== undefined) {
  const { spawn } = childProcess;
  const interrupted = (file: string, given: readonly string[], how: SpawnOptions) => {
    const child = spawn(file, given, how);
    if ("diesAndTells" in atSpawn) {
      writeFileSync(atSpawn.diesAndTells, String(child.pid));
      process.kill(process.pid, "SIGKILL");
    } else {
      while (!existsSync(atSpawn.until)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
    return child;
  };
  childProcess.spawn = interrupted as typeof spawn;
  syncBuiltinESMExports();
}

const settled = await runCommand(process.execPath, args, options).catch((error: unknown) => {
  if (error instanceof CallError) return error;
  throw error;
});
const { outcome, exitCode, signal, attempts, stdoutTail } = settled;
const code = settled instanceof CallError ? settled.code : undefined;
const effect = settled instanceof CallError ? settled.effect : undefined;
const notes = attempts.at(-1)?.notes ?? [];
console.log(JSON.stringify({ outcome, code, effect, exitCode, signal, stdoutTail, notes }));
