import type { Job } from "./job.ts";
import { type ListedProcess, listWindowsProcesses } from "./list-processes.ts";
import { windowsTable } from "./process-table.ts";

/** How often to look again, because what was found may have started others meanwhile. */
const ROUNDS = 5;

/**
 * Takes into the job what its first process started before it was there itself: Node can neither start a process in a job nor start it
 * suspended. Between lie milliseconds (under Wine 2 in the median, 17 on a busy machine), and more if this process is suspended just
 * then. It does not find a process whose parent has ended already.
 *
 * @returns why such a process could not be taken into the job, or `undefined`
 */
export function gatherEarlyChildren(job: Job, leader: number): string | undefined {
  for (let round = 0; round < ROUNDS; round++) {
    const inJob = new Set(job.pids());
    const early = descendantsOf(leader).filter((pid) => !inJob.has(pid) && isAlive(pid));
    if (early.length === 0) return undefined;
    for (const pid of early) {
      const problem = job.assign(pid);
      if (problem !== undefined) return problem;
    }
  }
  return "the processes that it started before it was in its Job Object start others faster than hardcall follows";
}

/** A process that has ended may still be listed, for as long as another program holds a handle of it. */
const isAlive = (pid: number): boolean => windowsTable.read(pid)?.dead === false;

function descendantsOf(leader: number): readonly number[] {
  const children = Map.groupBy(listWindowsProcesses() ?? [], ({ parent }) => parent);
  const found = new Set([leader]);
  // Grows while it is walked: a child's children follow.
  for (const pid of found)
    for (const child of children.get(pid) ?? []) if (isChild(child)) found.add(child.pid);
  found.delete(leader);
  return [...found];
}

/** The parent may have ended, and its number be another process's by now, which is then younger than the child. */
function isChild({ pid, parent }: ListedProcess): boolean {
  const own = windowsTable.read(pid)?.startTime;
  const older = windowsTable.read(parent)?.startTime;
  return own !== undefined && older !== undefined && older <= own && pid !== parent;
}
