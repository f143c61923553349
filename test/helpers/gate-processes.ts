import { readdirSync, readFileSync, watch } from "node:fs";
import path from "node:path";

/** Whether a process runs. A zombie does not: `kill(pid, 0)` would say that it does. */
export function runs(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Its running children whose command line holds the text. */
export function childrenOf(parent: number, text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && statOf(pid)?.[1] === String(parent) && runs(pid))
    .filter((pid) => readProc(pid, "cmdline").includes(text));
}

/** Ends what a test may have left running. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids.filter(runs)) process.kill(pid, "SIGKILL");
}

/** Waits until a file has so many lines. */
export async function linesIn(file: string, count: number): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  const look = () => {
    const lines = linesOf(file);
    if (lines.length >= count) resolve(lines);
  };
  const watcher = watch(path.dirname(file), look);
  const timer = setTimeout(() => reject(new Error(`${file} did not get its ${count} lines`)), 30_000);
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return []; // Not written yet.
  }
}

/** The fields of /proc/pid/stat from the state on. */
function statOf(pid: number): string[] | undefined {
  const stat = readProc(pid, "stat");
  return stat === "" ? undefined : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // Gone since it was listed.
  }
}
