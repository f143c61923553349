import { formatDuration } from "../core/duration.ts";
import type { Queue } from "./boss.ts";

/** How long a call may take to record its end and its job, beyond its own time. */
const RECORD_MS = 15_000;

/** The longest expiry of a job that pg-boss allows. */
const LONGEST_EXPIRY_MS = 24 * 3_600_000;

/**
 * What is wrong with a queue for calls that may take so long, a sentence without full stop each.
 *
 * @param queue `null` if there is none of that name
 */
export function queueProblems(
  name: string,
  queue: Queue | null,
  { totalMs, stopMs }: { readonly totalMs: number; readonly stopMs: number },
): readonly string[] {
  if (queue === null) {
    return [
      `there is no queue "${name}"; make it first: boss.createQueue("${name}-dead"), then boss.createQueue("${name}", { deadLetter: "${name}-dead" })`,
    ];
  }
  const problems: string[] = [];
  if (!queue.deadLetter) {
    problems.push(
      `the queue "${name}" has no dead-letter queue, where jobs go that must not be retried; give it one: boss.createQueue("${name}-dead"), then boss.updateQueue("${name}", { deadLetter: "${name}-dead" })`,
    );
  }
  const expiryMs = (queue.expireInSeconds ?? 0) * 1000;
  const neededMs = Math.ceil((totalMs + stopMs + RECORD_MS) / 1000) * 1000;
  if (expiryMs > 0 && expiryMs < neededMs) {
    const advice =
      neededMs > LONGEST_EXPIRY_MS
        ? "pg-boss allows at most 24 h; shorten the timeout"
        : `boss.updateQueue("${name}", { expireInSeconds: ${neededMs / 1000} })`;
    problems.push(
      `the queue "${name}" hands a job to another worker after ${formatDuration(expiryMs)} (expireInSeconds), but a call may take ${formatDuration(neededMs)} (timeout ${formatDuration(totalMs)}, then ${formatDuration(stopMs)} to stop and ${formatDuration(RECORD_MS)} to record it); ${advice}`,
    );
  }
  return problems;
}
