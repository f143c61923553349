import { faultPoint } from "../core/fault-points.ts";
import type { SqliteConnection } from "../database/sqlite/connection.ts";
import type { Alert } from "./alert.ts";
import { DeliveryError, DELIVERY_TIMEOUT_MS, type Channel } from "./channels.ts";
import type { Clock } from "./clock.ts";
import { DURABLE } from "./store.ts";

/** Longer than a delivery can take: until then it is somebody else's. */
const HELD_MS = DELIVERY_TIMEOUT_MS + 15_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const KEPT_MS = 30 * 86_400_000;

export interface Delivery {
  readonly delivered: number;
  /** Being delivered by another check, or in the pause after a failure. */
  readonly waiting: number;
  /** A sentence for each that could not be delivered now. */
  readonly failures: readonly string[];
}

/**
 * Delivers what waits in the outbox of each sentinel, from when its check is over. Every channel has a line of its own, so
 * one that hangs holds up no other; a sentinel's alerts leave in their order. An alert is ticked off after it was taken: a
 * crash in between delivers it again, with the same id.
 */
export class Deliveries {
  readonly #db: SqliteConnection;
  readonly #clock: Clock;
  readonly #print: (line: string) => unknown;
  readonly #lines = new Map<string, Line>();
  readonly #failures: string[] = [];
  #delivered = 0;
  #waiting = 0;

  constructor(db: SqliteConnection, clock: Clock, print: (line: string) => unknown) {
    this.#db = db;
    this.#clock = clock;
    this.#print = print;
  }

  /** Delivers what waits for a sentinel, behind what its channels have to do. */
  start(sentinel: string, channels: readonly Channel[]): void {
    for (const channel of new Map(channels.map((each) => [each.id, each])).values()) {
      const line = this.#lines.get(channel.id) ?? { last: Promise.resolve(), until: 0 };
      const last = line.last.then(() => this.#deliver(sentinel, channel, line));
      // Read in `over`, which may be long after it was rejected.
      last.catch(() => undefined);
      line.last = last;
      this.#lines.set(channel.id, line);
    }
  }

  /** Waits for all of them. Rejects when the ledger fails. */
  async over(): Promise<Delivery> {
    await Promise.all([...this.#lines.values()].map(({ last }) => last));
    await this.#db.write(DURABLE, () =>
      this.#db.run(
        "DELETE FROM sentinel_alerts WHERE coalesce(delivered_at, created_at) < ? AND (delivered_at IS NOT NULL OR dropped IS NOT NULL)",
        [this.#clock.now() - KEPT_MS],
      ),
    );
    return { delivered: this.#delivered, waiting: this.#waiting, failures: this.#failures };
  }

  /** After a failure the rest waits: an all-clear must not arrive before its alert. */
  async #deliver(sentinel: string, channel: Channel, line: Line): Promise<void> {
    const db = this.#db;
    for (const seq of await pending(db, sentinel, channel.id)) {
      line.until ||= performance.now() + DELIVERY_TIMEOUT_MS;
      const alert = performance.now() < line.until ? await take(db, seq, this.#clock.now()) : undefined;
      if (alert === undefined) {
        this.#waiting += 1;
        return;
      }
      try {
        faultPoint("beforeDelivery");
        await channel.send(alert, this.#print);
        faultPoint("afterDelivery");
        await tick(db, seq, this.#clock.now());
        faultPoint("afterDelivered");
        this.#delivered += 1;
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        await postpone(db, seq, this.#clock.now());
        this.#failures.push(`The alert ${alert.id} was not delivered: ${error.message}.`);
        return;
      }
    }
  }
}

/** The deliveries of one channel, one after the other. */
interface Line {
  last: Promise<void>;
  /** No delivery starts after it, on the clock of `performance.now()`: a pass must end. What is left waits for the next. */
  until: number;
}

const OPEN = "delivered_at IS NULL AND dropped IS NULL";

async function pending(db: SqliteConnection, sentinel: string, channel: string): Promise<number[]> {
  const rows = await db.read(() =>
    db.all(
      `SELECT seq FROM sentinel_alerts WHERE ${OPEN} AND sentinel = ? AND channel = ? ORDER BY seq LIMIT 1000`,
      [sentinel, channel],
    ),
  );
  return rows.map(({ seq }) => Number(seq));
}

/** What waits for a channel that a sentinel names no more. In the transaction in which it is registered. */
export function dropUnnamed(db: SqliteConnection, sentinel: string, channels: readonly Channel[]): void {
  db.run(
    `UPDATE sentinel_alerts SET dropped = 'the configuration names this channel no more'
     WHERE ${OPEN} AND sentinel = ? AND channel NOT IN (SELECT value FROM json_each(?))`,
    [sentinel, JSON.stringify(channels.map(({ id }) => id))],
  );
}

/** Nothing when another check delivers it just now, or a pause after a failure is not over. */
function take(db: SqliteConnection, seq: number, now: number): Promise<Alert | undefined> {
  return db.write(DURABLE, () => {
    // A clock that was set back must not keep it waiting for hours.
    const taken = db.run(
      `UPDATE sentinel_alerts SET next_at = ?, tries = tries + 1
       WHERE seq = ? AND ${OPEN} AND (next_at <= ? OR next_at > ?)`,
      [now + HELD_MS, seq, now, now + LONGEST_PAUSE_MS],
    );
    if (taken === 0) return undefined;
    const row = db.get("SELECT body FROM sentinel_alerts WHERE seq = ?", [seq]);
    return JSON.parse(String(row?.["body"])) as Alert;
  });
}

const tick = (db: SqliteConnection, seq: number, now: number) =>
  db.write(DURABLE, () => db.run("UPDATE sentinel_alerts SET delivered_at = ? WHERE seq = ?", [now, seq]));

function postpone(db: SqliteConnection, seq: number, now: number): Promise<number> {
  return db.write(DURABLE, () =>
    db.run("UPDATE sentinel_alerts SET next_at = ? + min(?, ? << min(tries - 1, 10)) WHERE seq = ?", [
      now,
      LONGEST_PAUSE_MS,
      FIRST_PAUSE_MS,
      seq,
    ]),
  );
}
