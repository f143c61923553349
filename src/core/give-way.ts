/** How long work that never waits may delay timers, children and sockets. */
const LONGEST_RUN_MS = 10;

let waiting: (() => void)[] = [];
/** How many of them have gone on; `shift` would take a while with 60,000. */
let gone = 0;
/** When the current turn of the event loop was first seen; `undefined` when it is over. */
let since: number | undefined;
let isNextDue = false;

/**
 * Lets the event loop turn if it has not for 10 ms. Replayed calls and SQLite never wait for I/O. Their promises run within one turn,
 * and without this the deadlines of all other calls in the process would not fire.
 *
 * Callers of the same turn continue one after the other, each until it waits for I/O. If all continued at once, all would do their
 * work in that turn.
 */
export function giveWay(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  goOnSoon();
  return promise;
}

/** A tick that a promise asks for comes after all promises that can go on have done so; one that a tick asks for, before. */
function goOnSoon(): void {
  if (isNextDue) return;
  isNextDue = true;
  queueMicrotask(() => process.nextTick(goOn));
}

function goOn(): void {
  isNextDue = false;
  if (since === undefined) {
    since = performance.now();
    setImmediate(turned);
  }
  // Otherwise the next turn goes on.
  if (performance.now() - since > LONGEST_RUN_MS) return;
  waiting[gone++]?.();
  if (waiting.length > gone) return goOnSoon();
  waiting = [];
  gone = 0;
}

function turned(): void {
  since = undefined;
  if (waiting.length > gone) goOnSoon();
}
