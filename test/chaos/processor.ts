import { readFileSync } from "node:fs";

/**
 * Starts to count, in milliseconds, for how long this process was ready to run and no processor was free for it: the second
 * figure of schedstat, in nanoseconds (kernel documentation, "Scheduler Statistics"). A loop that blocks itself is not excused
 * by it, as it would be by a timer that comes late.
 */
export function countQueueing(): () => number {
  const before = queuedMs();
  return () => Math.round(queuedMs() - before);
}

function queuedMs(): number {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    // A kernel without it: no time is excused.
    return 0;
  }
}
