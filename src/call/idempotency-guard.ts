import type { AttemptNotes, Failure, PreviousAttempt } from "../core/callee.ts";
import type { FinishedAttempt } from "./attempt.ts";
import type { Replay } from "../core/result.ts";
import type { ErrorCode } from "../core/vocabulary.ts";
import type { ClaimRequest } from "../ledger/operation/events.ts";
import type { LedgerStore, StoreClaimAnswer } from "../ledger/store/store.ts";
import type { WorkLease } from "../core/work-lease.ts";

/** What the guard allows a call to do next. */
export type Admission =
  /** Start the callee; `attempt` counts over all calls with the key. */
  | {
      readonly kind: "attempt";
      readonly attempt: number;
      readonly previous?: PreviousAttempt | undefined;
    }
  /** The call has succeeded before, or a probe found its effect. */
  | {
      readonly kind: "done";
      readonly outcome: "replayed" | "recovered";
      readonly value: unknown;
      readonly details: object;
      /** The output byte for byte, for a callee that prints it again. */
      readonly output: Uint8Array | undefined;
      readonly replay: Replay;
    }
  | {
      readonly kind: "refused";
      readonly outcome: "failed" | "in_doubt" | "in_progress";
      readonly failure: Failure;
      /** It is only too early for another attempt: the call keeps the code of its previous attempt, if it made one. */
      readonly tooEarly?: boolean | undefined;
    };

/**
 * Decides whether a call may start its callee: with a key, by the ledger. No method rejects; if the ledger cannot be used, the answer
 * is a failure.
 */
export interface IdempotencyGuard {
  readonly key: string | undefined;
  /** The lease that an attempt must not outlast; absent where hardcall sees whether an owner lives. */
  readonly lease: WorkLease | undefined;
  /** Asks for the right to start; `first` is 1 for the first attempt of this call. */
  admit(first: number): Promise<Admission>;
  /** Records the start. The callee may start only after this has succeeded. */
  started(attempt: number, externalRef: string | undefined): Promise<Failure | undefined>;
  note(notes: AttemptNotes): void;
  succeeded(attempt: FinishedAttempt<unknown, object>): Promise<Failure | undefined>;
  /** @param again the call continues: the same step claims the next attempt */
  failed(attempt: FinishedAttempt<unknown, object>, again: boolean): Promise<Failure | undefined>;
  /** The call has ended: releases its lease, and gives back the claim on an attempt that it will not make. */
  release(): Promise<void>;
}

/** A guard that can tell what it knows of its key, so that a call asks for a place of its resource only if it needs one. */
export interface ClaimingGuard extends IdempotencyGuard {
  /** `undefined` without a key. */
  readonly request: ClaimRequest | undefined;
  /** Whether the call holds its key already: the claim was made together with the end of the previous attempt. */
  readonly hasClaimed: boolean;
  /** Called when a probe is due, which may take long. */
  beforeProbe: (() => void) | undefined;
  /** @throws LedgerError when the ledger cannot be opened */
  store(): Promise<LedgerStore>;
  /** @param known what a look at the ledger has answered, if no claim is needed to know it */
  admit(first: number, known?: StoreClaimAnswer): Promise<Admission>;
  /** Gives back the claim of an attempt that was admitted and is not made. `code` says why. */
  withdraw(code: ErrorCode): Promise<void>;
}

/** The guard of a call without a key, which admits every attempt. */
export const UNGUARDED: IdempotencyGuard = {
  key: undefined,
  lease: undefined,
  admit: async (attempt) => ({ kind: "attempt", attempt }),
  started: async () => undefined,
  note: () => undefined,
  succeeded: async () => undefined,
  failed: async () => undefined,
  release: async () => undefined,
};
