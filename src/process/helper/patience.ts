import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";

const STEPS = 4;

/**
 * Whether the promise settled within the time, of which a pause of this process counts as little: after one its timers are due before it
 * has read what came meanwhile.
 */
export async function patience(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const isSettled = () => over.signal.aborted;
  const settled = promise.then(() => over.abort());
  for (let step = 0; step < STEPS && !isSettled(); step++) {
    // It rejects when the promise has settled first.
    const pause = wait(ms / STEPS, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([settled, pause]);
  }
  if (!isSettled()) await turn();
  return isSettled();
}
