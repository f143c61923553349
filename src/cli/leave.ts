import { flushJournalNow } from "../journal/at-end.ts";

/** What a hung file system is given to answer after all, once everything else is done. */
const GRACE_MS = 500;

/**
 * Ends the process although a file system does not answer (NFS, FUSE). Node waits for its file requests, and `process.exit` joins
 * their threads, so both last as long as the hang; a process that becomes another one loses its threads. Only a request that its
 * server has read and does not answer (FUSE) keeps even those.
 *
 * @param exitCode that of the process once nothing else is left to do
 */
export function leaveHungFiles(exitCode: () => number): void {
  const timer = setTimeout(() => {
    if (hasFileRequests()) becomeExit(exitCode());
  }, GRACE_MS);
  timer.unref();
}

/** `process.exit`, also while a thread writes to a terminal that takes nothing: see `leaveHungFiles`. */
export function leaveAtOnce(exitCode: number): never {
  if (hasFileRequests()) becomeExit(exitCode);
  process.exit(exitCode);
}

const hasFileRequests = () =>
  process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));

/** Not on Windows. */
function becomeExit(exitCode: number): void {
  // No `exit` handler runs in a process that becomes another one.
  flushJournalNow();
  process.execve?.("/bin/sh", ["sh", "-c", `exit ${exitCode}`], {});
}
