import type { ClaimRequest } from "../../ledger/operation/events.ts";
import type { Instant } from "../../ledger/owner/instant.ts";
import { Wakes } from "./wake.ts";
import type { EnterRequest, Entered } from "./gate-types.ts";
import type { Refused } from "../types.ts";

/** How long a call waits for the first answer of a ledger that does not answer. */
const FIRST_ANSWER_MS = 10_000;
/** How long a call waits for it whose time is over: a ledger that is there answers within that. */
const LEAST_ANSWER_MS = 100;

/** A call that asks for a place, until it has an answer. */
export class Waiter {
  /** Counts the calls of one agent in order of arrival. */
  readonly nth: number;
  readonly ticket: string;
  readonly request: EnterRequest;
  readonly enteredAt = performance.now();
  /** What has to be looked up before it may take a place. */
  look: ClaimRequest | undefined;
  /** A change that named it as a head may have been written although its answer never came. */
  mayHavePlace = false;
  arrivedAt: Instant | undefined;
  readonly #answer = Promise.withResolvers<Entered>();

  readonly onCancel: () => void;

  constructor(nth: number, ticket: string, request: EnterRequest, onCancel: (waiter: Waiter) => void) {
    this.nth = nth;
    this.ticket = ticket;
    this.onCancel = () => onCancel(this);
    this.request = request;
    this.look = request.look;
  }

  get answer(): Promise<Entered> {
    return this.#answer.promise;
  }

  settle(entered: Entered): void {
    this.#answer.resolve(entered);
  }

  fail(error: unknown): void {
    this.#answer.reject(error);
  }
}

/** Behind so many, no place comes to a call before others have theirs. */
const LONG = 64;

/** The calls of this process that wait for a place of one resource, oldest first. */
export class CallLine {
  readonly #wakes = new Wakes();
  readonly #waiters = new Map<number, Waiter>();
  /** Those of them that need an answer of their own with the next change. */
  readonly #due = new Set<Waiter>();
  /** Not after the first end among them. */
  #firstEnd = Infinity;
  #knownUpTo = 0;

  get size(): number {
    return this.#waiters.size;
  }

  get isLong(): boolean {
    return this.size > LONG;
  }

  /** When to call `ended` next, on the clock of `performance.now()`. */
  get firstEnd(): number {
    return this.#firstEnd;
  }

  get hasDue(): boolean {
    return this.#due.size > 0;
  }

  add(waiter: Waiter, needsAnswer: boolean): void {
    this.#waiters.set(waiter.nth, waiter);
    if (needsAnswer) this.#due.add(waiter);
    this.#firstEnd = Math.min(this.#firstEnd, this.#endOf(waiter));
  }

  /** The ledger has been told of all that had come by then. */
  told(upTo: number): void {
    this.#knownUpTo = upTo;
  }

  /** Whether the ledger lets it wait. */
  isKnown(waiter: Waiter): boolean {
    return waiter.nth <= this.#knownUpTo && !this.#due.has(waiter);
  }

  settle(waiter: Waiter, entered: Entered): void {
    this.#remove(waiter);
    this.#wakes.add(() => waiter.settle(entered));
  }

  /** Nothing starts now. Who has to be looked up first may need no place, and learns it with a change of its own. */
  shut(refused: Refused): void {
    for (const waiter of this.all()) if (waiter.look === undefined) this.settle(waiter, refused);
  }

  fail(waiter: Waiter, error: unknown): void {
    this.#remove(waiter);
    this.#wakes.add(() => waiter.fail(error));
  }

  #remove(waiter: Waiter): void {
    if (this.#due.size > 0) this.#due.delete(waiter);
    this.#waiters.delete(waiter.nth);
    if (this.size === 0) this.#firstEnd = Infinity;
    const { signal } = waiter.request;
    // The listener of a signal that has aborted is gone with it.
    if (!signal.aborted) signal.removeEventListener("abort", waiter.onCancel);
  }

  has(waiter: Waiter): boolean {
    return this.#waiters.has(waiter.nth);
  }

  /** It has its first answer: it waits. */
  waits(waiter: Waiter): void {
    waiter.look = undefined;
    this.#due.delete(waiter);
  }

  /** The oldest that need an answer. */
  due(most: number): Waiter[] {
    return [...take(this.#due, most)];
  }

  /** The oldest, up to the first that must be looked up and is not among `picked`: a younger one must not overtake it. */
  oldest(most: number, picked: ReadonlySet<Waiter>): Waiter[] {
    const oldest: Waiter[] = [];
    for (const waiter of this.#waiters.values()) {
      if (oldest.length === most || (waiter.look !== undefined && !picked.has(waiter))) break;
      oldest.push(waiter);
    }
    return oldest;
  }

  all(): Waiter[] {
    return [...this.#waiters.values()];
  }

  /** Those whose time is over. */
  ended(now: number): Waiter[] {
    if (now < this.#firstEnd) return [];
    const ended: Waiter[] = [];
    let firstEnd = Infinity;
    for (const waiter of this.#waiters.values()) {
      const endsAt = this.#endOf(waiter);
      if (endsAt <= now) ended.push(waiter);
      else firstEnd = Math.min(firstEnd, endsAt);
    }
    this.#firstEnd = firstEnd;
    return ended;
  }

  #endOf(waiter: Waiter): number {
    const { endsAt } = waiter.request;
    if (this.isKnown(waiter)) return endsAt;
    const { enteredAt } = waiter;
    return Math.max(enteredAt + LEAST_ANSWER_MS, Math.min(endsAt, enteredAt + FIRST_ANSWER_MS));
  }
}

function* take<T>(items: Iterable<T>, most: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken++ === most) return;
    yield item;
  }
}
