import { closeSync, openSync } from "node:fs";
import { orAborted } from "./or-aborted.ts";
import { patience } from "./patience.ts";

/** How many more are left free, so that nothing else takes what is kept here before the sockets come. */
const ROOM = 8;
/** How long it may take until the next reserve is taken, given back or asked for: a helper may have many processes to start. */
const YOUNG_MS = 2000;
/** The same when all have become sockets. After this time those that are left are of processes that run on. */
const SOCKETS_MS = 200;

/**
 * Descriptors that are kept free for the sockets that the helper hands over: without one free the system would drop the socket, and with it
 * the output of a process that has started.
 */
export class Reserve {
  /** Given up for sockets that are on their way: what starts meanwhile must leave them free. */
  static #expected = 0;
  static readonly #arrivals = new Set<Promise<unknown>>();
  /** How many reserves are kept, or have become sockets that are open. */
  static #kept = 0;
  /** How many of them are no sockets. */
  static #young = 0;
  static #changedAt = -Infinity;
  /** Those that got none. */
  static readonly #waiting = new Set<() => void>();
  #held: readonly number[];
  #isKept = true;

  private constructor(held: number[]) {
    this.#held = held;
  }

  /** @returns `undefined` when this process has too few left */
  static take(sockets: number): Reserve | undefined {
    // Reserves alone must not use up the room that each of them needs to become sockets: all would wait for it.
    const free = open(sockets + Reserve.#expected + ROOM);
    if (free === undefined) return undefined;
    close(free.splice(sockets));
    Reserve.#kept++;
    Reserve.#young++;
    Reserve.#changedAt = performance.now();
    return new Reserve(free);
  }

  /** Whether there is room for the sockets of a reserve to come. */
  static hasRoom(): boolean {
    const free = open(ROOM + Reserve.#expected);
    close(free ?? []);
    return free !== undefined;
  }

  /** Resolves when the sockets that are on their way now have come. */
  static async arrivals(): Promise<void> {
    await Promise.all(Reserve.#arrivals);
  }

  /**
   * Waits, one after the other, until a reserve is given back: most processes are short. A direct start would not have its descriptors.
   *
   * @returns false when none is to be had soon, or the signal has aborted
   */
  static async turn(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    Reserve.#waiting.add(resolve);
    const isFree = orAborted(promise, signal);
    while (Reserve.#kept > 0 && !(await patience(isFree, SOCKETS_MS))) {
      const lastsMs = Reserve.#young > 0 ? YOUNG_MS : SOCKETS_MS;
      if (performance.now() - Reserve.#changedAt > lastsMs) break;
    }
    const isCalled = !Reserve.#waiting.delete(resolve);
    if (isCalled && signal.aborted) Reserve.callNext();
    return isCalled && !signal.aborted;
  }

  /** To be called by one whose turn it is and that needs none any more. */
  static callNext(): void {
    const [next] = Reserve.#waiting;
    if (next === undefined) return;
    Reserve.#waiting.delete(next);
    next();
  }

  /**
   * The sockets are asked for.
   *
   * @param arrival resolves when they have come, or none will
   * @param closed resolves when they are closed
   */
  freeFor(arrival: Promise<unknown>, closed: Promise<unknown>): void {
    const sockets = this.#held.length;
    this.#close();
    Reserve.#young--;
    Reserve.#changedAt = performance.now();
    Reserve.#expected += sockets;
    Reserve.#arrivals.add(arrival);
    void arrival.finally(() => {
      Reserve.#expected -= sockets;
      Reserve.#arrivals.delete(arrival);
    });
    void closed.finally(() => this.#giveBack());
  }

  /** No socket will come. Without effect once they are asked for. */
  free(): void {
    if (this.#held.length === 0) return;
    this.#close();
    Reserve.#young--;
    this.#giveBack();
  }

  #giveBack(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    Reserve.#kept--;
    Reserve.#changedAt = performance.now();
    Reserve.callNext();
  }

  #close(): void {
    close(this.#held);
    this.#held = [];
  }
}

/** So many descriptors, or none. */
function open(count: number): number[] | undefined {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync("/dev/null", "r"));
    return opened;
  } catch {
    // EMFILE, ENFILE: that is the answer.
    close(opened);
    return undefined;
  }
}

function close(opened: readonly number[]): void {
  for (const fd of opened) closeSync(fd);
}
