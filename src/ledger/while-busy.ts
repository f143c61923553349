import { setTimeout as sleep } from "node:timers/promises";
import { isBusy, locked } from "./sqlite-errors.ts";

/** Jitter keeps processes that met at one lock from meeting there again. */
const SHORTEST_PAUSE_MS = 1;
const PAUSE_SPREAD_MS = 4;

/** Runs synchronous work, again while the database is busy, with the event loop free in between. */
export async function whileBusy<T>(path: string, withinMs: number, work: () => T): Promise<T> {
  const begin = performance.now();
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      const waitedMs = performance.now() - begin;
      if (waitedMs >= withinMs) throw locked(path, waitedMs, error);
    }
    await sleep(SHORTEST_PAUSE_MS + Math.random() * PAUSE_SPREAD_MS);
  }
}
