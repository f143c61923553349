import { giveWay } from "../../core/give-way.ts";
import { NotYet, isBusy, locked } from "./errors.ts";
import { pauseForLock, randomPause, type Turns } from "./turns/turns.ts";

/** For `whileBusy`: from now on so many milliseconds. */
export function timeLeft(ms: number): () => number {
  const until = performance.now() + ms;
  return () => until - performance.now();
}

/**
 * Runs work, again while the database is busy, with the event loop free in between; also between many short
 * works in a row, none of which has to wait.
 *
 * @param leftMs how long it may still wait
 * @param turns for a write: it waits for its turn. When the time is over it tries once more, whether it is its turn or not
 */
export async function whileBusy<T>(
  path: string,
  leftMs: () => number,
  work: () => T | Promise<T>,
  turns?: Turns,
): Promise<T> {
  const begin = performance.now();
  turns?.enter();
  try {
    for (;;) {
      await giveWay();
      const isLast = leftMs() <= 0;
      let wait = isLast ? undefined : turns?.step();
      if (wait === undefined) {
        try {
          return await work();
        } catch (error) {
          if (!isBusy(error) && !(error instanceof NotYet)) throw error;
          if (isLast) throw finalOf(error);
          wait = isBusy(error) ? turns?.busy() : undefined;
        }
      }
      const { ms, near } = wait ?? randomPause();
      await pauseForLock({ ms: Math.max(0, Math.min(ms, leftMs())), near });
    }
  } finally {
    turns?.leave();
  }

  function finalOf(error: unknown): unknown {
    return error instanceof NotYet ? error.final : locked(path, performance.now() - begin, error);
  }
}
