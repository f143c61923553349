import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { processTable } from "../../src/process/process-table.ts";
import { ProcessTree } from "../../src/process/process-tree.ts";
import { fixture, PidFile } from "./files.ts";
import { killAll } from "./processes.ts";

export const newCookie = () => `${randomUUID()}/1;`;

/** Starts a fixture as the leader of a group, with or without the cookie. */
export function lead(name: string, cookie: string, env: Readonly<Record<string, string>> = {}) {
  const pids = new PidFile();
  // ast-grep-ignore: js-subprocess-timeout, reason: ended by the test, or in `onTestFinished`
  const child = spawn(fixture(name), [], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, PIDS: pids.path, HARDCALL_CALLS: cookie, ...env },
  });
  const pid = child.pid!;
  onTestFinished(() => killAll([pid]));
  const leader = { pid, startTime: processTable().read(pid)?.startTime };
  return { child, pids, leader, tree: new ProcessTree(leader, cookie) };
}
