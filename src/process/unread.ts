import { readControlGroups, readName, readStat } from "./table/proc.ts";
import type { ProcessStat } from "./table/table.ts";

/**
 * Whether a process whose environment may not be read (another user's, or not dumpable, such as ssh-agent) may be what a call
 * left behind: it has lost its parent, and is in our control group, in which no other login, service or container is.
 */
export function mayBeLeftBehind({ pid, parent }: ProcessStat): boolean {
  return adoptsOrphans(parent) && readControlGroups(pid) === readControlGroups("self");
}

/** Orphans go to the first process, or to an ancestor that asked for them (prctl(2), PR_SET_CHILD_SUBREAPER), as a user's systemd does. */
function adoptsOrphans(pid: number): boolean {
  // A child of our own is no orphan, even where we are the first process.
  if (pid === process.pid) return false;
  return pid === 1 || (readName(pid) === "systemd" && isAncestor(pid));
}

function isAncestor(pid: number): boolean {
  let at = process.ppid;
  while (at > 1 && at !== pid) at = readStat(at)?.parent ?? 0;
  return at === pid;
}
