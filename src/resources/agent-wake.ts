import { giveWay } from "../core/give-way.ts";

/**
 * Continues callers one after the other, with the event loop free in between: 10,000 that are told at once would block it for as long as
 * all of them work on their answer.
 */
export class Wakes {
  #wakes: (() => void)[] = [];
  #isWaking = false;

  add(wake: () => void): void {
    this.#wakes.push(wake);
    if (!this.#isWaking) void this.#wakeAll();
  }

  async #wakeAll(): Promise<void> {
    this.#isWaking = true;
    while (this.#wakes.length > 0) {
      const wakes = this.#wakes;
      this.#wakes = [];
      for (const wake of wakes) {
        await giveWay();
        wake();
      }
    }
    this.#isWaking = false;
  }
}
