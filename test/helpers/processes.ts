import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { countWaits } from "./machine.ts";

/** Whether a process runs. A zombie does not: `kill(pid, 0)` would say that it does. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/**
 * Waits until none of the processes is alive; gives those that still are when the time is over. What the machine kept
 * processes waiting is added, up to as much again: with every processor taken it never ends.
 */
export async function survivorsAfter(ms: number, pids: readonly number[]): Promise<number[]> {
  const until = performance.now() + ms;
  const waited = countWaits();
  let left = pids.filter((pid) => isAlive(pid));
  while (left.length > 0 && performance.now() < until + Math.min(ms, waited())) {
    // /proc has no event for the end of a process that is not our child.
    await wait(10);
    left = left.filter((pid) => isAlive(pid));
  }
  return left;
}

/** Processes whose environment, as it was when they started, holds the text. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAlive(pid) && readProc(pid, "environ").includes(text));
}

export const commandLineOf = (pid: number): string => readProc(pid, "cmdline").replaceAll("\0", " ").trim();

export function parentOf(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Its running children whose command line holds the text. */
export const childrenOf = (parent: number, text: string): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter(
      (pid) => pid > 0 && isAlive(pid) && parentOf(pid) === parent && commandLineOf(pid).includes(text),
    );

/** What a host runs for its calls: children of its own, or of its spawning helper. */
export const calledBy = (host: number, text: string): number[] =>
  [host, ...childrenOf(host, "hardcall-helper")].flatMap((parent) => childrenOf(parent, text));

/** Waits until there are such processes. */
export async function appears(find: () => number[]): Promise<number[]> {
  for (const until = performance.now() + 10_000; performance.now() < until; await wait(20)) {
    const found = find();
    if (found.length > 0) return found;
  }
  throw new Error("what was looked for has not appeared");
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // Gone since it was listed, or not ours to read.
    return "";
  }
}

/** Ends what a failed test left running; for clean-up only, never for what a test proves. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      if (pid > 1 && isAlive(pid)) process.kill(pid, "SIGKILL");
    } catch {
      // It has gone meanwhile.
    }
  }
}
