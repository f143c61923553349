import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { HostLine, HostPlan } from "./host.ts";

const HOST = path.join(import.meta.dirname, "host.ts");

export interface Host {
  readonly child: ChildProcess;
  /** What it printed, once it has ended. */
  readonly ended: Promise<{
    readonly lines: HostLine[];
    readonly stderr: string;
    readonly exitCode: number | null;
  }>;
}

export function startHost(plan: HostPlan, env: NodeJS.ProcessEnv = {}): Host {
  const child = spawn(process.execPath, [HOST, JSON.stringify(plan)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const ended = once(child, "close").then(() => ({
    lines: stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as HostLine),
    stderr,
    exitCode: child.exitCode,
  }));
  return { child, ended };
}
