import pTimeout, { TimeoutError } from "p-timeout";
import type { Failure } from "./callee.ts";
import { formatDuration } from "./duration.ts";
import { leaseLossIn } from "./stop-cause.ts";

/** How long a function of the caller, such as a schema or an evidence check, may take after the callee has ended. */
export interface Allowance {
  /** On the clock of `performance.now()`. */
  readonly endsAt: number;
  /** The caller's cancel and the host's signals. */
  readonly cancel: AbortSignal;
}

/** The least time for schema and evidence together, even if the callee has used up the time of the call. */
const MIN_JUDGING_MS = 1000;

/**
 * The time that is left to validate the output and to check the evidence.
 *
 * @param totalEndsAt on the clock of `performance.now()`
 */
export function judgingTime(totalEndsAt: number, cancel: AbortSignal): Allowance {
  return { endsAt: Math.max(totalEndsAt, performance.now() + MIN_JUDGING_MS), cancel };
}

/** The time was over before the work was; the message goes on after what was done. */
export class TooLate extends Error {}

/**
 * Waits for a function of the caller until its time is over. hardcall does not wait longer for one that never settles.
 *
 * @throws TooLate; the reason of `cancel`; what the work throws
 */
export async function withinAllowance<T>(work: PromiseLike<T>, { endsAt, cancel }: Allowance): Promise<T> {
  const milliseconds = Math.max(1, Math.ceil(endsAt - performance.now()));
  try {
    return await pTimeout(work, { milliseconds, signal: cancel });
  } catch (error) {
    // The work's own error may be a TimeoutError of another copy of p-timeout; then it is its own.
    if (!(error instanceof TimeoutError) || performance.now() < endsAt - 1) throw error;
    throw new TooLate(`took longer than ${formatDuration(milliseconds)}`, { cause: error });
  }
}

/** The failure of a call that was cancelled after its callee had done its work. */
export function cancelledWhile(what: string, reason: unknown): Failure {
  const isLost = leaseLossIn(reason) !== undefined;
  const how = isLost ? "may have been taken over by another owner" : "was cancelled";
  const code = isLost ? "lease_lost" : "cancelled";
  return { code, message: `${how} while ${what}`, effect: "completed", cause: reason };
}
