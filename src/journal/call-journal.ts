import type { AttemptRecord } from "../core/result.ts";
import type { Settled } from "../core/settled.ts";

/** What a call tells the journal. No method throws, waits, or writes by itself. */
export interface CallJournal {
  /** It begins or stops to wait for a place of its resource. */
  waiting(isWaiting: boolean): void;
  attemptStarted(): void;
  attemptEnded(record: AttemptRecord): void;
  ended(settled: Settled<unknown>): void;
  /** Waits until the journal has what this process told it, at most so long. Never rejects. */
  written(withinMs: number): Promise<void>;
}

/** Of a call that is not journalled. */
export const NO_JOURNAL: CallJournal = {
  waiting: () => undefined,
  attemptStarted: () => undefined,
  attemptEnded: () => undefined,
  ended: () => undefined,
  written: async () => undefined,
};
