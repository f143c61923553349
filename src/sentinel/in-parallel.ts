import { setTimeout as wait } from "node:timers/promises";

/** Most counts wait for other machines, but a query of a SQLite file starts a process. */
const AT_ONCE = 4;
/** An item that takes longer is only waiting, so the next item starts beside it. */
const SLOW_MS = 1000;
/** How many items may hang before the others have to wait. */
const MOST_SLOW = 64;

/** Runs the work for every item, a few at a time. The results are in the order of the items. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const all: Promise<R>[] = [];
  const slow = new Set<Promise<unknown>>();
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) {
      const result = work(item);
      all[index] = result;
      const settled = result.catch(() => undefined);
      if (!(await isSlow(settled))) continue;
      slow.add(settled);
      void settled.then(() => slow.delete(settled));
      if (slow.size >= MOST_SLOW) await Promise.race(slow);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return Promise.all(all);
}

async function isSlow(settled: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = wait(SLOW_MS, true, { signal: timer.signal });
  try {
    return await Promise.race([settled.then(() => false), late]);
  } finally {
    timer.abort();
  }
}
