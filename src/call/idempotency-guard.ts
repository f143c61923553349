import type { AttemptNotes, Failure, PreviousAttempt } from "../core/callee.ts";
import type { FinishedAttempt } from "./attempt.ts";
import type { Replay } from "../core/result.ts";

/** What a call may do next. */
export type Admission =
  /** Start the callee; `attempt` counts over all calls with the key. */
  | {
      readonly kind: "attempt";
      readonly attempt: number;
      readonly previous?: PreviousAttempt | undefined;
    }
  /** It has succeeded before, or a probe found its effect. */
  | {
      readonly kind: "done";
      readonly outcome: "replayed" | "recovered";
      readonly value: unknown;
      readonly details: object;
      /** The output byte for byte, for a callee that wants it back. */
      readonly output: Uint8Array | undefined;
      readonly replay: Replay;
    }
  | {
      readonly kind: "refused";
      readonly outcome: "failed" | "in_doubt" | "in_progress";
      readonly failure: Failure;
      /** Nothing is wrong with the attempt before but its time: the call keeps the code of that one, if it made it. */
      readonly tooEarly?: boolean | undefined;
    };

/**
 * What stands between a call and its callee: the ledger, for a call with a key. No method rejects; where the ledger cannot be
 * used, the answer is a failure.
 */
export interface IdempotencyGuard {
  readonly key: string | undefined;
  /** Asks for the right to start; `first` is 1 for the first attempt of this call. */
  admit(first: number): Promise<Admission>;
  /** Must have succeeded before anything may have an effect. */
  started(attempt: number, externalRef: string | undefined): Promise<Failure | undefined>;
  note(notes: AttemptNotes): void;
  succeeded(attempt: FinishedAttempt<unknown, object>): Promise<Failure | undefined>;
  /** @param again the call goes on: the right to the next attempt is taken in the same step */
  failed(attempt: FinishedAttempt<unknown, object>, again: boolean): Promise<Failure | undefined>;
  /** The call is over: lets go of what it holds, and gives the right to an attempt that will not come back. */
  release(): Promise<void>;
}

/** For a call without a key: no ledger can tell two of its attempts apart. */
export const UNGUARDED: IdempotencyGuard = {
  key: undefined,
  admit: async (attempt) => ({ kind: "attempt", attempt }),
  started: async () => undefined,
  note: () => undefined,
  succeeded: async () => undefined,
  failed: async () => undefined,
  release: async () => undefined,
};
