import { faultPoint } from "../core/fault-points.ts";
import type { SqliteConnection } from "../database/sqlite/connection.ts";
import type { Alert } from "./alert.ts";
import { DeliveryError, DELIVERY_TIMEOUT_MS, type Channel } from "./channels.ts";
import type { Clock } from "./clock.ts";
import { DURABLE } from "./store.ts";

/** Longer than a delivery can take. For this long no other check delivers the same alert. */
const HELD_MS = DELIVERY_TIMEOUT_MS + 15_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const KEPT_MS = 30 * 86_400_000;

export interface Delivery {
  readonly delivered: number;
  /** Alerts that another check is delivering, or that wait for a retry. */
  readonly waiting: number;
  /** One sentence for each alert that could not be delivered now. */
  readonly failures: readonly string[];
}

/**
 * Delivers the alerts in the outbox of each sentinel after its check. Every channel has its own queue, so a channel that hangs does not
 * delay the others. The alerts of one sentinel keep their order. An alert is marked as delivered after the receiver has accepted it; after
 * a crash in between it is delivered twice, with the same id.
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

  /** Queues the waiting alerts of a sentinel on each of its channels. */
  start(sentinel: string, channels: readonly Channel[]): void {
    for (const channel of new Map(channels.map((each) => [each.id, each])).values()) {
      const line = this.#lines.get(channel.id) ?? { last: Promise.resolve(), until: 0 };
      const last = line.last.then(() => this.#deliver(sentinel, channel, line));
      // `over` awaits it, perhaps long after it was rejected; without this the rejection would count as unhandled.
      last.catch(() => undefined);
      line.last = last;
      this.#lines.set(channel.id, line);
    }
  }

  /** Waits for all deliveries. Rejects when the ledger fails. */
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

  /** After a failure the rest waits, so that `recovered` does not arrive before its alert. */
  async #deliver(sentinel: string, channel: Channel, line: Line): Promise<void> {
    const db = this.#db;
    for (const seq of await pending(db, sentinel, channel.id)) {
      line.until ||= performance.now() + DELIVERY_TIMEOUT_MS;
      const alert = performance.now() < line.until ? await claim(db, seq, this.#clock.now()) : undefined;
      if (alert === undefined) {
        this.#waiting += 1;
        return;
      }
      try {
        faultPoint("beforeDelivery");
        await channel.send(alert, this.#print);
        faultPoint("afterDelivery");
        await markDelivered(db, seq, this.#clock.now());
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
  /** No delivery starts after this time (`performance.now()`), so that the check ends. The rest waits for the next check. */
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

/** Drops alerts for channels that the sentinel no longer has. Call it in the transaction that registers the sentinel. */
export function dropUnnamed(db: SqliteConnection, sentinel: string, channels: readonly Channel[]): void {
  db.run(
    `UPDATE sentinel_alerts SET dropped = 'the configuration names this channel no more'
     WHERE ${OPEN} AND sentinel = ? AND channel NOT IN (SELECT value FROM json_each(?))`,
    [sentinel, JSON.stringify(channels.map(({ id }) => id))],
  );
}

/** Takes an alert for delivery; `undefined` while another check delivers it, or before its next retry. */
function claim(db: SqliteConnection, seq: number, now: number): Promise<Alert | undefined> {
  return db.write(DURABLE, () => {
    // If the clock was set back, `next_at` is far in the future; the alert must not wait for that.
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

const markDelivered = (db: SqliteConnection, seq: number, now: number) =>
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
