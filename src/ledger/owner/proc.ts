import { processTable } from "../../process/process-table.ts";
import { errnoOf } from "../../database/errors.ts";

export interface ProcessEntry {
  /** One letter: R running, S sleeping, T stopped, Z zombie, X dead … */
  readonly state: string;
  /** Clock ticks since boot, as text: field 22 of proc_pid_stat(5). */
  readonly start: string;
}

/**
 * Looks a process up. Outside Linux there is nothing to read, so an existing process is `unreadable`: its pid
 * may have been reused.
 */
export function readProcess(pid: number): ProcessEntry | "gone" | "unreadable" {
  // With a /proc of another pid namespace (unshare without a new mount) pids name other processes.
  const stat = processTable().read(pid);
  if (stat !== undefined) return { state: stat.state, start: String(stat.startTime) };
  // Not Linux, gone, or hidden: /proc mounted with hidepid answers ENOENT for other users' processes.
  return exists(pid) ? "unreadable" : "gone";
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
