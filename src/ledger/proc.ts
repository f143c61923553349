import { readFileSync } from "node:fs";
import { errnoOf } from "./errors.ts";

export type ProcessEntry = {
  /** One letter: R running, S sleeping, T stopped, Z zombie, X dead … */
  readonly state: string;
  /** Clock ticks since boot, as text: field 22 of proc_pid_stat(5). */
  readonly start: string;
};

/**
 * Looks a process up. Outside Linux there is nothing to read, so an existing process is `unreadable`: its pid
 * may have been reused.
 */
export function readProcess(pid: number): ProcessEntry | "gone" | "unreadable" {
  try {
    const entry = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
    // With a /proc of another pid namespace (unshare without a new mount) pids name other processes.
    return procIsOurs() ? entry : "unreadable";
  } catch {
    // Not Linux, gone, or hidden: /proc mounted with hidepid answers ENOENT for other users' processes.
    return exists(pid) ? "unreadable" : "gone";
  }
}

/** The command name in field 2 may hold spaces and brackets, so fields are counted from the last bracket. */
export function parseStat(stat: string): ProcessEntry {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  if (!state || !start) throw new Error("an unexpected format of /proc/pid/stat");
  return { state, start };
}

let ours: boolean | undefined;

function procIsOurs(): boolean {
  ours ??= Number.parseInt(readFileSync("/proc/self/stat", "latin1"), 10) === process.pid;
  return ours;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that it exists and belongs to another user.
    return errnoOf(error) !== "ESRCH";
  }
}
