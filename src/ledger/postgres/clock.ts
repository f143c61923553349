import type { Instant } from "../owner/instant.ts";

/** Names the clock of a ledger in Postgres. It is one for all hosts, so leases that any of them began can be compared. */
const DATABASE_CLOCK = "database";

/** How many answers are remembered: enough for one that travelled fast, few enough that a clock that was set is noticed soon. */
const ANSWERS = 8;

/**
 * What time it is for the database, which decides leases, retention and dedupe windows: a worker's own clock may be hours off.
 *
 * Each answer says when the database received its statement. The time since then is counted on this process's monotonic clock, from the
 * moment of sending. So an estimate is ahead by what its statement took to arrive; that of the fastest of the last statements counts, as
 * on a busy network or server one may take seconds longer than the next.
 */
export class DatabaseClock {
  readonly #offsetsMs: number[] = [];

  /** @param receivedAt when the database received a statement; @param sentAt when it was sent, on `performance.now()` */
  observe(receivedAt: number, sentAt: number): void {
    this.#offsetsMs.push(receivedAt - sentAt);
    if (this.#offsetsMs.length > ANSWERS) this.#offsetsMs.shift();
  }

  /** `undefined` before the first answer. */
  now(): Instant | undefined {
    if (this.#offsetsMs.length === 0) return undefined;
    const at = Math.floor(Math.min(...this.#offsetsMs) + performance.now());
    return databaseInstant(at);
  }
}

/** A moment that the database told, in Unix milliseconds. */
export const databaseInstant = (at: number): Instant => ({ at, boot: DATABASE_CLOCK, ticks: at });
