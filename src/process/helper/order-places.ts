import { orAborted } from "./or-aborted.ts";

/** Orders that wait until there is room for one more. An order that was let in, and does not need its place, must call `passOn`. */
export class OrderPlaces {
  readonly #waiting = new Set<() => void>();

  /** Waits while there is no room. */
  async enter(hasRoom: () => boolean, signal: AbortSignal): Promise<void> {
    while (!hasRoom() && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await orAborted(promise, signal);
      this.#waiting.delete(resolve);
    }
  }

  /** There is room for one more. */
  passOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }

  /** There is nothing to wait for any more. */
  openAll(): void {
    for (const next of this.#waiting) next();
    this.#waiting.clear();
  }
}
