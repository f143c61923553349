import type { StoredValue } from "../key/value.ts";
import type { Effect, Effects } from "../../core/vocabulary.ts";
import type { Instant } from "../owner/instant.ts";
import type { Owner } from "../owner/owner.ts";

export type { Effect, Effects };

/** The state of an operation. An operation that never ran has no row in the ledger. */
export type OperationState = "reserved" | "started" | "succeeded" | "failed" | "in_doubt";

/** What decided how an operation ended. */
export type SettledBy = "attempt" | "late" | "probe" | "operator";

/** One operation: everything the ledger knows of a (name, key). Instants are wall-clock milliseconds. */
export interface Operation {
  /** The name of the call; keys of two calls never meet. */
  readonly name: string;
  readonly key: string;
  /** The call that claimed it last. */
  readonly callId: string;
  readonly fingerprint: string;
  readonly effects: Effects;
  readonly state: OperationState;
  /** Grows by one at each takeover; a write under an older fence is refused. */
  readonly fence: number;
  /** The fence of the newest attempt that started; 0 when none did. */
  readonly attemptFence: number;
  /** The fence of the oldest attempt whose effect is unknown; 0 if there is none. */
  readonly doubtFence: number;
  /** How many attempts have started. */
  readonly attempts: number;
  /** An owner is asking its probe whether the effect exists; only in `in_doubt`. */
  readonly probing: boolean;
  readonly owner: Owner;
  /** Never absent: a claim without an end would block its key for good. */
  readonly leaseUntil: number;
  readonly leaseMs: number;
  /** When the lease last began. */
  readonly leaseFrom: Instant;
  /** For how long after `ended` the effect of an attempt may still appear, in milliseconds. */
  readonly effectWithinMs: number;
  /** When the newest attempt ended; for an owner that was lost, when that was first seen. */
  readonly ended?: Instant | undefined;
  readonly lingering?: Lingering | undefined;
  readonly createdAt: number;
  readonly startedAt?: number | undefined;
  readonly settledAt?: number | undefined;
  readonly effect: Effect;
  readonly code?: string | undefined;
  readonly settledBy?: SettledBy | undefined;
  readonly value: StoredValue;
  /** JSON text the caller wants back with a replay (contract verdict, cost, session). */
  readonly details?: string | undefined;
  /** When retention ended; what is left is a tombstone, so that a late retry is reported and not run. */
  readonly prunedAt?: number | undefined;
}

/** Work that continues after hardcall gave up its attempt, such as a function that ignores its signal. */
export interface Lingering {
  readonly fence: number;
  readonly owner: Owner;
  /** When its owner last reported that it continues. */
  readonly seen: Instant;
  /**
   * Its lease ran out for a process that could not look whether its owner lives, so the owner has lost it. `"seen_alive"`: the owner has
   * reported since, or another process of its machine could look, and the owner lived.
   */
  readonly lost?: true | "seen_alive" | undefined;
}

/** The right to write to one operation, for as long as `fence` is its newest. */
export interface Claim {
  readonly name: string;
  readonly key: string;
  readonly fence: number;
}

/** What identifies what an attempt started, so that a later host can find and end it. */
export interface AttemptNote {
  /** The process the attempt started, not the one that owns the claim. */
  readonly pid?: number | undefined;
  /** Its start time in clock ticks since boot (field 22 of /proc/pid/stat): a pid alone is reused. */
  readonly pidStart?: string | undefined;
  /** The value of the cookie in its environment. */
  readonly cookie?: string | undefined;
  /** The id of a remote job, made before it is sent. */
  readonly externalRef?: string | undefined;
  /** What asked for the call, such as a job of a queue. Known at the start only. */
  readonly requestedBy?: string | undefined;
}

/** How an attempt ended. */
export interface AttemptEnd {
  /** Why it failed, e.g. `timeout`; absent for a success. */
  readonly code?: string | undefined;
  readonly effect: Effect;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly stderrTail?: string | undefined;
  readonly stdoutBytes?: number | undefined;
  readonly stdoutSha256?: string | undefined;
  /** Milliseconds on a monotonic clock. */
  readonly durationMs?: number | undefined;
}

/** One attempt as the ledger keeps it. A late result is a row of its own; nothing is overwritten. */
export type LedgerAttempt = AttemptNote &
  Partial<AttemptEnd> & {
    readonly fence: number;
    readonly callId: string;
    readonly fingerprint: string;
    readonly owner: Owner;
    readonly startedAt: number;
    readonly endedAt?: number | undefined;
    /** The result came after its owner had lost the operation, or after the attempt had been given up. */
    readonly late: boolean;
  };

/** An answer to "did it happen?", by a probe or by a person. Kept. */
export interface Resolution {
  readonly at: number;
  readonly fence: number;
  readonly answer: "present" | "absent" | "unknown";
  /** `probe`, or the name the operator gave. */
  readonly by: string;
  readonly why: string;
  /** What an operator's word was put in place of by force: the state, and who had brought it about or held it. */
  readonly overrode?: string | undefined;
}

/** The `code` of an attempt whose owner ended without reporting a result. */
export const OWNER_LOST = "owner_lost";

/** When an operation last changed state. */
export function changedAt({ createdAt, startedAt = 0, settledAt = 0 }: Operation): number {
  return Math.max(createdAt, startedAt, settledAt);
}
