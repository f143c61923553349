import type { Instant } from "../owner/instant.ts";

/** Names the clock of a ledger in Postgres. It is one for all hosts, so leases that any of them began can be compared. */
const DATABASE_CLOCK = "database";

/**
 * What time it is for the database, which decides leases, retention and dedupe windows: a worker's own clock may be hours off.
 *
 * Each answer says when the database received its statement. The time since then is counted on this process's monotonic clock, from the
 * moment of sending. So the estimate is ahead by what the statement took to arrive, which is about what the next one will take.
 */
export class DatabaseClock {
  #offsetMs: number | undefined;

  /** @param receivedAt when the database received a statement; @param sentAt when it was sent, on `performance.now()` */
  observe(receivedAt: number, sentAt: number): void {
    this.#offsetMs = receivedAt - sentAt;
  }

  /** `undefined` before the first answer. */
  now(): Instant | undefined {
    if (this.#offsetMs === undefined) return undefined;
    const at = Math.floor(this.#offsetMs + performance.now());
    return { at, boot: DATABASE_CLOCK, ticks: at };
  }
}
