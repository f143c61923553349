import type { ProbeAnswer } from "../../core/vocabulary.ts";
import type { Instant } from "../owner/instant.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type {
  LedgerAttempt,
  AttemptEnd,
  AttemptNote,
  Claim,
  Effects,
  Operation,
  Resolution,
} from "./state.ts";
import type { StoredValue } from "../key/value.ts";

/** What a call asks of the ledger before it may begin. */
export interface ClaimRequest {
  readonly name: string;
  readonly key: string;
  /** One per call, the same for all its attempts. */
  readonly callId: string;
  readonly fingerprint: string;
  readonly effects: Effects;
  /** How long the claim holds without a heartbeat, in milliseconds. */
  readonly leaseMs: number;
  /**
   * For how long after the end of an attempt its effect may still appear, in milliseconds: until then `absent` proves nothing.
   *
   * @default 0
   */
  readonly effectWithinMs?: number | undefined;
}

export type ClaimEvent = ClaimRequest & { readonly owner: Owner };

/** The ledger's answer to a claim. Only `proceed` and `probe` come with the right to write. */
export type ClaimAnswer =
  /** Start an attempt. `previous` is what the ledger knew of the key before, when it knew something. */
  | {
      readonly kind: "proceed";
      readonly claim: Claim;
      readonly attempt: number;
      readonly previous?: Operation | undefined;
    }
  /** Check whether the effect exists, then report with `probed`. No other call may do so meanwhile. */
  | { readonly kind: "probe"; readonly claim: Claim; readonly record: Operation }
  /** It succeeded before. `record.value` says whether the value was kept. */
  | { readonly kind: "replayed"; readonly record: Operation }
  /** Another owner holds it; ask again after `retryAfterMs`. */
  | {
      readonly kind: "in_progress";
      readonly retryAfterMs: number;
      readonly owner: Owner;
      readonly record: Operation;
    }
  /** It may have happened and there is no probe: an operator has to resolve it. */
  | { readonly kind: "in_doubt"; readonly record: Operation }
  /** The key was first used with a different input. These parts differ; none if the ledger has no parts. */
  | {
      readonly kind: "key_conflict";
      readonly differs: readonly string[];
      readonly record: Operation;
    };

/** How an attempt ended, as a verdict. `details` is JSON text that comes back with a replay. */
export type Settlement =
  | {
      readonly state: "succeeded";
      readonly end: AttemptEnd & { readonly effect: "completed" };
      readonly value: StoredValue;
      readonly details?: string | undefined;
    }
  | FailedSettlement;

export interface FailedSettlement {
  readonly state: "failed";
  readonly end: AttemptEnd & { readonly code: string };
  /** hardcall gave up the attempt while its work continues. Heartbeats report that it does, a late result that it has ended. */
  readonly lingering?: boolean | undefined;
}

export type SettleAnswer =
  | { readonly kind: "settled"; readonly record: Operation }
  /** The newest attempt reported after it had been given up, and its report decided the operation. */
  | { readonly kind: "settled_late"; readonly record: Operation }
  /** Kept as a late attempt; it changed nothing that was known, or put the operation in doubt. */
  | { readonly kind: "late"; readonly doubleEffect: boolean; readonly record: Operation };

/** The answer of a probe, or why it was not asked. */
export type ProbeReport =
  | ProbeAnswer
  /** The next attempt joins what the earlier one started, so it cannot do it a second time. */
  | "join"
  /** The caller has no time to ask the probe, or to ask it again. */
  | "released";

export type ProbedAnswer =
  | { readonly kind: "recovered"; readonly record: Operation }
  | {
      readonly kind: "proceed";
      readonly claim: Claim;
      readonly attempt: number;
      readonly previous: Operation;
    }
  /** The effect may still appear: `absent` counts after `retryAfterMs`. The caller keeps the right to probe. */
  | { readonly kind: "too_early"; readonly retryAfterMs: number; readonly record: Operation }
  | { readonly kind: "in_doubt"; readonly record: Operation };

/** A person's answer to "did it happen?". `by` and `why` are kept. */
export interface OperatorVerdict {
  readonly as: "done" | "absent";
  readonly by: string;
  readonly why: string;
  /** Also over an operation that is held or has ended; what it overrode is kept in the history. @default false */
  readonly force?: boolean | undefined;
}

export type ResolveAnswer =
  | { readonly kind: "resolved"; readonly record: Operation; readonly overrode?: string | undefined }
  | { readonly kind: "not_in_doubt"; readonly record: Operation }
  /** It is held by this owner, or work of an attempt that was given up goes on in it. */
  | { readonly kind: "in_progress"; readonly record: Operation; readonly owner: Owner };

/** The claim is not the newest any more, or the operation is not in a state where this can be written. */
export interface Lost {
  readonly kind: "lost";
  readonly record: Operation | undefined;
}

/** A line for the append-only history of an operation. */
export type LogEntry =
  | { readonly kind: "attempt_started"; readonly attempt: LedgerAttempt }
  /** Fills in the end of a started attempt, once. */
  | { readonly kind: "attempt_ended"; readonly fence: number; readonly end: AttemptEnd; readonly at: number }
  /** What was learnt of a running attempt, such as the id of its process. */
  | { readonly kind: "attempt_noted"; readonly fence: number; readonly note: AttemptNote }
  | { readonly kind: "late_result"; readonly fence: number; readonly end: AttemptEnd; readonly at: number }
  | { readonly kind: "resolution"; readonly resolution: Resolution };

/** What a transition decides: an answer, the new row if it changed, and what to append. */
export interface Step<Answer> {
  readonly answer: Answer;
  readonly row?: Operation | undefined;
  readonly log: readonly LogEntry[];
}

/** What a transition may know of the world. */
export interface Moment {
  /** The ledger's clocks, which for a database are the database's. */
  readonly now: Instant;
  /** Asked only about the owner of the row, and of its work that goes on. */
  readonly liveness: (owner: Owner, claim: Claim) => Liveness;
  /** The highest fence of any row that was deleted, so that a fence is never used twice for a key. */
  readonly fenceFloor: number;
}
