import { setImmediate as nextTurn } from "node:timers/promises";
import { giveWay } from "../../core/give-way.ts";

/** So many were told in one go, which took its time in this turn of the event loop. */
const MANY = 100;

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
    for (await giveWay(); this.#wakes.length > 0;) {
      const wakes = this.#wakes;
      this.#wakes = [];
      if (wakes.length > MANY) await nextTurn();
      for (const wake of wakes) {
        wake();
        await giveWay();
      }
    }
    this.#isWaking = false;
  }
}
