import type { AttemptNotes, Failure, PreviousAttempt } from "../core/callee.ts";
import type { Attempt } from "./attempt.ts";
import type { Replay } from "../core/result.ts";

/** What a call may do next. */
export type Passage =
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
      readonly kind: "stopped";
      readonly outcome: "failed" | "in_doubt" | "in_progress";
      readonly failure: Failure;
      /** Nothing is wrong with the attempt before but its time: the call keeps the code of that one, if it made it. */
      readonly tooEarly?: boolean | undefined;
    };

/**
 * What stands between a call and its callee: the ledger, for a call with a key. No method rejects; where the ledger cannot be
 * used, the answer is a failure.
 */
export interface Gate {
  readonly key: string | undefined;
  /** Asks for the right to start; `first` is 1 for the first attempt of this call. */
  enter(first: number): Promise<Passage>;
  /** Must have succeeded before anything may have an effect. */
  started(attempt: number, externalRef: string | undefined): Promise<Failure | undefined>;
  note(notes: AttemptNotes): void;
  succeeded(attempt: Attempt<unknown, object>): Promise<Failure | undefined>;
  /** @param again the call goes on: the right to the next attempt is taken in the same step */
  failed(attempt: Attempt<unknown, object>, again: boolean): Promise<Failure | undefined>;
  /** The call is over: lets go of what it holds, and gives the right to an attempt that will not come back. */
  release(): Promise<void>;
}

/** For a call without a key: there is nothing to gate with. */
export const OPEN_GATE: Gate = {
  key: undefined,
  enter: async (attempt) => ({ kind: "attempt", attempt }),
  started: async () => undefined,
  note: () => undefined,
  succeeded: async () => undefined,
  failed: async () => undefined,
  release: async () => undefined,
};
