import { setTimeout as wait } from "node:timers/promises";
import { countWaits } from "../../helpers/machine.ts";

/** On a machine where some process waits for a processor all the time, the bound would never come. */
const LATEST_MS = 15_000;

/** Fulfilled after so many milliseconds, and as many more as processes waited for a processor meanwhile. Does not keep the process alive. */
export async function withinWaits(ms: number): Promise<void> {
  const waited = countWaits();
  const startedAt = performance.now();
  const left = () => ms + Math.min(waited(), LATEST_MS) - (performance.now() - startedAt);
  for (let more = ms; more > 0; more = left()) await wait(more, undefined, { ref: false });
}
