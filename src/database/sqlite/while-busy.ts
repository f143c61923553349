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
 * @param prepare is run before it waits, for what can be done ahead of its turn
 */
export async function whileBusy<T>(
  path: string,
  leftMs: () => number,
  work: () => T | Promise<T>,
  turns?: Turns,
  prepare?: () => void,
): Promise<T> {
  const begin = performance.now();
  let wasNear = false;
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
      // Of many short sleeps in a row, before the first one only.
      if (!(near && wasNear)) prepare?.();
      wasNear = near;
      await pauseForLock({ ms: Math.max(0, Math.min(ms, leftMs())), near });
    }
  } finally {
    turns?.leave();
  }

  function finalOf(error: unknown): unknown {
    return error instanceof NotYet ? error.final : locked(path, performance.now() - begin, error);
  }
}
