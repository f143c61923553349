import { pidExists } from "../../core/pid-exists.ts";
import { processTable } from "../../process/process-table.ts";

export interface ProcessEntry {
  /** It is there, and runs nothing any more. */
  readonly ended: boolean;
  /** Its start in the unit of the process table, as text. */
  readonly start: string;
}

/**
 * Looks a process up. Where nothing tells when it started, an existing process is `unreadable`: its pid may have been reused.
 *
 * With `ps` as the table it takes some 10 ms, in which this process waits.
 */
export function readProcess(pid: number): ProcessEntry | "gone" | "unreadable" {
  const table = processTable();
  // A table that cannot tell its processes from strangers, such as the /proc of another pid namespace, has none.
  const stat = table.has.startTimes ? table.read(pid) : undefined;
  if (stat !== undefined)
    return { ended: stat.state === "Z" || stat.state === "X", start: String(stat.startTime) };
  // Gone, or hidden: /proc mounted with hidepid answers ENOENT for other users' processes.
  return pidExists(pid) ? "unreadable" : "gone";
}

/** Whether a process that is there is the one that started then; `undefined` when it cannot be told. */
export function isSameProcess({ start }: ProcessEntry, then: string): boolean | undefined {
  if (then === "") return undefined;
  const table = processTable();
  if (table.isSameStart(Number(start), Number(then))) return true;
  // A clock that was set since changes the start times of such a table.
  return table.has.fixedStartTimes ? false : undefined;
}
