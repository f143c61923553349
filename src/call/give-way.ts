import { setImmediate as turn } from "node:timers/promises";

/** How long work that never waits for anything may keep timers, children and sockets waiting. */
const LONGEST_RUN_MS = 10;

/** The turn of the event loop that is running, as far as it was seen; `undefined` when it is over. */
let running: { readonly since: number; readonly over: Promise<void> } | undefined;

/**
 * Lets the event loop turn if it has not for 10 ms. Calls that are replayed, and SQLite, wait for nothing: promises alone
 * go on within one turn, and meanwhile the deadlines of all other calls of the process would not fire.
 */
export async function giveWay(): Promise<void> {
  // Of many that waited for one turn, only so many go on in the next as there is time for.
  for (;;) {
    running ??= { since: performance.now(), over: turnOver() };
    if (performance.now() - running.since < LONGEST_RUN_MS) return;
    await running.over;
  }
}

async function turnOver(): Promise<void> {
  await turn();
  running = undefined;
}
