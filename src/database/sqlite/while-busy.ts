import { setTimeout as sleep } from "node:timers/promises";
import { giveWay } from "../../core/give-way.ts";
import { NotYet, isBusy, locked } from "./errors.ts";

/** Jitter keeps processes that met at one lock from meeting there again. */
const SHORTEST_PAUSE_MS = 1;
const PAUSE_SPREAD_MS = 4;

/**
 * Runs work, again while the database is busy, with the event loop free in between; also between many short
 * works in a row, none of which has to wait.
 */
export async function whileBusy<T>(path: string, withinMs: number, work: () => T | Promise<T>): Promise<T> {
  const begin = performance.now();
  for (;;) {
    await giveWay();
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) && !(error instanceof NotYet)) throw error;
      const waitedMs = performance.now() - begin;
      if (waitedMs >= withinMs) throw error instanceof NotYet ? error.final : locked(path, waitedMs, error);
      const pauseMs = SHORTEST_PAUSE_MS + Math.random() * PAUSE_SPREAD_MS;
      await sleep(Math.min(pauseMs, withinMs - waitedMs));
    }
  }
}
