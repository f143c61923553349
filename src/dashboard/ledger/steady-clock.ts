import type { Instant } from "../../ledger/owner/instant.ts";

/** A wall clock that is off by more was set. */
const MOST_OFF_MS = 100;

/**
 * The wall clock and the clock of the boot are read one after the other. A time of a resource is told from both, so it would differ by a
 * millisecond from look to look: each look would be news, and the page would draw what someone reads anew.
 */
export class SteadyClock {
  #first: Instant | undefined;

  /** The same moment; its wall clock is as far from the clock of the boot as it was before. */
  steady(now: Instant): Instant {
    const first = (this.#first ??= now);
    const at = first.at + now.ticks - first.ticks;
    if (first.boot === now.boot && Math.abs(at - now.at) <= MOST_OFF_MS) return { ...now, at };
    this.#first = now;
    return now;
  }
}
