import { CallError } from "../core/errors.ts";
import type { Settled } from "../core/settled.ts";
import type { StorePolicy } from "../ledger/key/value.ts";
import { errorOutput, resultOutput } from "./output.ts";

/** What becomes of a job, now that its call has settled. `output` is kept with the job. */
export type Disposition =
  | { readonly kind: "complete"; readonly output: object }
  /** Never retried by the queue: it goes to the dead-letter queue at once. */
  | { readonly kind: "dead_letter"; readonly output: object }
  /** Uses up one of the job's retries. Without `delayMs` the queue's own delay holds. */
  | { readonly kind: "retry"; readonly delayMs: number | undefined; readonly output: object }
  /** Comes back after `delayMs` and keeps all its retries: this worker has tried nothing, or must not know better than the ledger. */
  | { readonly kind: "put_off"; readonly delayMs: number; readonly output: object };

/** Between two looks at a call that another worker makes: a lease lasts 30 s, and a call that goes on renews it. */
const IN_PROGRESS_MS = { least: 1000, usual: 5000, most: 60_000 } as const;

/** How long a job waits for a ledger that cannot be used. */
const LEDGER_MS = 30_000;

/** Between two looks at a resource that had no room. An operator may make room long before the time that the resource tells. */
const NO_ROOM_MS = { least: 1000, usual: 5000, most: 600_000 } as const;

/**
 * The outcome of a call as what its job becomes. Pure; the table is in docs/pg-boss.md.
 *
 * @param stopping whether this worker has cancelled the call, because it stops or because pg-boss took the job away
 */
export function dispositionOf(settled: Settled<unknown>, store: StorePolicy, stopping: boolean): Disposition {
  if (!(settled instanceof Error)) return { kind: "complete", output: resultOutput(settled, store) };
  const output = errorOutput(settled);
  const delayMs = putOffMs(settled, stopping);
  if (delayMs !== undefined) return { kind: "put_off", delayMs, output };
  if (settled.retryable) return { kind: "retry", delayMs: settled.retryAfterMs, output };
  return { kind: "dead_letter", output };
}

/**
 * After how long the job comes back, if its retries are not to be used up. Only for what this call itself has met: a task may throw the error
 * of another call, each time anew, and its job would come back for ever.
 */
function putOffMs(error: CallError, stopping: boolean): number | undefined {
  const { attempts, code, outcome, retryable, retryAfterMs } = error;
  if (outcome === "in_progress") {
    const { least, usual, most } = IN_PROGRESS_MS;
    return Math.min(most, Math.max(least, retryAfterMs ?? usual));
  }
  // The probe may answer then; until then nothing has been tried. Without a time, an operator must look.
  if (outcome === "in_doubt" && retryable && retryAfterMs !== undefined) {
    return Math.max(IN_PROGRESS_MS.least, retryAfterMs);
  }
  if (error.cause instanceof CallError) return undefined;
  switch (code) {
    // The fault is the ledger's, and it says nothing about the job. If the work was done, the ledger gets to know of it later.
    case "ledger_unavailable":
      return retryAfterMs ?? LEDGER_MS;
    // Another worker has taken the call over; the ledger knows what came of it.
    case "lease_lost":
      return IN_PROGRESS_MS.usual;
    case "busy":
    case "over_budget":
    case "circuit_open":
      return attempts.length > 0
        ? undefined
        : Math.min(NO_ROOM_MS.most, Math.max(NO_ROOM_MS.least, retryAfterMs ?? NO_ROOM_MS.usual));
    // Another worker may take the job now.
    case "cancelled":
      return stopping ? 0 : undefined;
    default:
      return undefined;
  }
}
