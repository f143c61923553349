import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { Ending, NodeRun } from "./machine.ts";

/** Runs a program to its end. What it prints goes to a file. */
export async function runToFile(
  [program, ...args]: readonly [program: string, ...args: string[]],
  {
    cwd,
    env,
    output,
    limit,
  }: Pick<NodeRun, "output" | "limit"> & { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ending> {
  const file = openSync(output, "w");
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ["ignore", file, file],
    timeout: limit,
    killSignal: "SIGKILL",
  });
  closeSync(file);
  const [exitCode, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal === "SIGKILL" ? "time limit" : { exitCode };
}
