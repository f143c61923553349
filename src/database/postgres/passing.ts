import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerError } from "../errors.ts";

/** A condition that may pass in a moment; `final` is the error if it does not. */
export class Passing extends Error {
  override readonly name = "Passing";
  readonly final: LedgerError;
  /**
   * Whether the statement may have been committed all the same: its connection went before the answer came. Then only the database can
   * say, and the next try looks.
   */
  readonly ambiguous: boolean;
  /** Of silence: the error after so many milliseconds of it. */
  readonly afterSilence: ((waitedMs: number) => LedgerError) | undefined;

  constructor(final: LedgerError, ambiguous: boolean, afterSilence?: (waitedMs: number) => LedgerError) {
    super(final.message);
    this.final = final;
    this.ambiguous = ambiguous;
    this.afterSilence = afterSilence;
  }
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;

/**
 * Runs `work` again while its error may pass, with pauses that grow up to 500 ms, for `withinMs` in all.
 *
 * @param work is told how much time is left, and with which error the try before it ended
 * @throws LedgerError once the time is over: the last reason that was given, or else how long there was silence
 */
export async function whilePassing<T>(
  withinMs: number,
  work: (leftMs: number, before: Passing | undefined) => Promise<T>,
): Promise<T> {
  const until = performance.now() + withinMs;
  let before: Passing | undefined;
  // The last try has little time, and its silence says nothing.
  let reason: LedgerError | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await work(Math.max(1, until - performance.now()), before);
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      // Once it may have happened, a later error that is clear says nothing about the earlier one.
      before = new Passing(error.final, error.ambiguous || before?.ambiguous === true);
      if (error.afterSilence === undefined) reason = error.final;
      const leftMs = until - performance.now();
      // Jitter keeps workers that lost the same server from coming back at one moment.
      const nextMs = pauseMs * (0.5 + Math.random());
      if (leftMs <= nextMs) throw reason ?? error.afterSilence?.(withinMs) ?? error.final;
      await sleep(nextMs);
    }
  }
}
