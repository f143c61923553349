import { faultPoint } from "../core/fault-points.ts";
import { members, type SqlDatabase, type SqlSession } from "../database/sql.ts";
import type { Alert } from "./alert.ts";
import { DeliveryError, DELIVERY_TIMEOUT_MS, type Channel } from "./channels.ts";
import { DURABLE } from "./store.ts";
import type { SentinelTime } from "./time.ts";

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
  readonly #db: SqlDatabase;
  readonly #time: SentinelTime;
  readonly #print: (line: string) => unknown;
  readonly #lines = new Map<string, Line>();
  readonly #failures: string[] = [];
  #delivered = 0;
  #waiting = 0;

  constructor(db: SqlDatabase, time: SentinelTime, print: (line: string) => unknown) {
    this.#db = db;
    this.#time = time;
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
    await this.#write((session, now) =>
      session.run(
        "DELETE FROM sentinel_alerts WHERE coalesce(delivered_at, created_at) < ? AND (delivered_at IS NOT NULL OR dropped IS NOT NULL)",
        [now - KEPT_MS],
      ),
    );
    return { delivered: this.#delivered, waiting: this.#waiting, failures: this.#failures };
  }

  /** After a failure the rest waits, so that `recovered` does not arrive before its alert. */
  async #deliver(sentinel: string, channel: Channel, line: Line): Promise<void> {
    for (const seq of await this.#db.read((session) => pending(session, sentinel, channel.id))) {
      line.until ||= performance.now() + DELIVERY_TIMEOUT_MS;
      const claimed =
        performance.now() < line.until
          ? await this.#write((session, now) => claim(session, seq, now))
          : undefined;
      if (claimed === undefined) {
        this.#waiting += 1;
        return;
      }
      const { alert, tries } = claimed;
      try {
        faultPoint("beforeDelivery");
        await channel.send(alert, this.#print);
        faultPoint("afterDelivery");
        await this.#write((session, now) => markDelivered(session, seq, now));
        faultPoint("afterDelivered");
        this.#delivered += 1;
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        await this.#write((session, now) => postpone(session, seq, now + pauseAfter(tries)));
        this.#failures.push(`The alert ${alert.id} was not delivered: ${error.message}.`);
        return;
      }
    }
  }

  #write<T>(work: (session: SqlSession, now: number) => Promise<T>): Promise<T> {
    return this.#db.write(DURABLE, async (session) => work(session, await this.#time.now(session)));
  }
}

/** The deliveries of one channel, one after the other. */
interface Line {
  last: Promise<void>;
  /** No delivery starts after this time (`performance.now()`), so that the check ends. The rest waits for the next check. */
  until: number;
}

const OPEN = "delivered_at IS NULL AND dropped IS NULL";

async function pending(session: SqlSession, sentinel: string, channel: string): Promise<number[]> {
  const rows = await session.all(
    `SELECT seq FROM sentinel_alerts WHERE ${OPEN} AND sentinel = ? AND channel = ? ORDER BY seq LIMIT 1000`,
    [sentinel, channel],
  );
  return rows.map(({ seq }) => Number(seq));
}

/** Drops alerts for channels that the sentinel no longer has. Call it in the transaction that registers the sentinel. */
export async function dropUnnamed(
  session: SqlSession,
  sentinel: string,
  channels: readonly Channel[],
): Promise<void> {
  await session.run(
    `UPDATE sentinel_alerts SET dropped = 'the configuration names this channel no more'
     WHERE ${OPEN} AND sentinel = ? AND channel NOT IN (${members(session)})`,
    [sentinel, JSON.stringify(channels.map(({ id }) => id))],
  );
}

/** Takes an alert for delivery; `undefined` while another check delivers it, or before its next retry. */
async function claim(
  session: SqlSession,
  seq: number,
  now: number,
): Promise<{ readonly alert: Alert; readonly tries: number } | undefined> {
  // If the clock was set back, `next_at` is far in the future; the alert must not wait for that.
  const row = await session.get(
    `UPDATE sentinel_alerts SET next_at = ?, tries = tries + 1
     WHERE seq = ? AND ${OPEN} AND (next_at <= ? OR next_at > ?) RETURNING body, tries`,
    [now + HELD_MS, seq, now, now + LONGEST_PAUSE_MS],
  );
  return row && { alert: JSON.parse(String(row["body"])) as Alert, tries: Number(row["tries"]) };
}

const markDelivered = (session: SqlSession, seq: number, now: number) =>
  session.run("UPDATE sentinel_alerts SET delivered_at = ? WHERE seq = ?", [now, seq]);

const postpone = (session: SqlSession, seq: number, until: number) =>
  session.run("UPDATE sentinel_alerts SET next_at = ? WHERE seq = ?", [until, seq]);

/** Doubles with each try. */
const pauseAfter = (tries: number) =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10));
