/** How long work that never waits may delay timers, children and sockets. */
const LONGEST_RUN_MS = 10;

/**
 * Lets the event loop turn if it has not for 10 ms. Replayed calls and SQLite never wait for I/O. Their promises run within one turn,
 * and without this the deadlines of all other calls in the process would not fire.
 *
 * Callers of the same turn continue one after the other, each until it waits for I/O. If all continued at once, all would do their
 * work in that turn.
 */
export const giveWay = (): Promise<void> => calls.giveWay();

/** The same for calls that are being stopped. They have their own line: a timeout does not wait for 60,000 replays that came before it. */
export const giveWayToStop = (): Promise<void> => stops.giveWay();

class Line {
  #waiting: (() => void)[] = [];
  /** How many of them have gone on; `shift` would take a while with 60,000. */
  #gone = 0;
  /** When the current turn of the event loop was first seen; `undefined` when it is over. */
  #since: number | undefined;
  #isNextDue = false;

  giveWay(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.#goOnSoon();
    return promise;
  }

  /** A tick that a promise asks for comes after all promises that can go on have done so; one that a tick asks for, before. */
  #goOnSoon(): void {
    if (this.#isNextDue) return;
    this.#isNextDue = true;
    queueMicrotask(() => process.nextTick(() => this.#goOn()));
  }

  #goOn(): void {
    this.#isNextDue = false;
    if (this.#since === undefined) {
      this.#since = performance.now();
      setImmediate(() => this.#turned());
    }
    // Otherwise the next turn goes on.
    if (performance.now() - this.#since > LONGEST_RUN_MS) return;
    this.#waiting[this.#gone++]?.();
    if (this.#waiting.length > this.#gone) return this.#goOnSoon();
    this.#waiting = [];
    this.#gone = 0;
  }

  #turned(): void {
    this.#since = undefined;
    if (this.#waiting.length > this.#gone) this.#goOnSoon();
  }
}

const calls = new Line();
const stops = new Line();
