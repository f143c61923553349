import { setImmediate as turn } from "node:timers/promises";

/** How long work that never waits for anything may keep timers, children and sockets waiting. */
const LONGEST_RUN_MS = 10;

/** When this turn of the event loop was first seen; `undefined` when it has turned since. */
let runningSince: number | undefined;
let nextTurn: Promise<void> = Promise.resolve();

/**
 * Lets the event loop turn if it has not for 10 ms. Calls that are replayed, and SQLite, wait for nothing: promises alone
 * go on within one turn, and meanwhile the deadlines of all other calls of the process would not fire.
 */
export async function giveWay(): Promise<void> {
  // Of many that waited for one turn, only so many go on in it as there is time for.
  while (runningSince !== undefined && performance.now() - runningSince >= LONGEST_RUN_MS) await nextTurn;
  if (runningSince !== undefined) return;
  runningSince = performance.now();
  nextTurn = turn().then(() => {
    runningSince = undefined;
  });
}
