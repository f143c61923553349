import { faultPoint } from "../call/fault-points.ts";
import type { SqliteConnection } from "../ledger/sqlite-connection.ts";
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
 * Delivers what waits in the outbox, oldest first. An alert is ticked off after it was taken: a crash in between delivers it
 * again, with the same id.
 */
export async function deliver(
  db: SqliteConnection,
  sentinels: ReadonlyMap<string, readonly Channel[]>,
  clock: Clock,
  print: (line: string) => unknown,
): Promise<Delivery> {
  const failures: string[] = [];
  /** After a failure the rest of that sentinel waits: an all-clear must not arrive before its alert. */
  const blocked = new Set<string>();
  let delivered = 0;
  let waiting = 0;
  for (const { seq, channelId, sentinel } of await pending(db, [...sentinels.keys()])) {
    const lane = `${sentinel} ${channelId}`;
    if (blocked.has(lane)) continue;
    const channel = sentinels.get(sentinel)?.find(({ id }) => id === channelId);
    if (channel === undefined) {
      await drop(db, seq, "the configuration names this channel no more");
      continue;
    }
    const alert = await take(db, seq, clock.now());
    if (alert === undefined) {
      waiting += 1;
      blocked.add(lane);
      continue;
    }
    try {
      faultPoint("beforeDelivery");
      await channel.send(alert, print);
      faultPoint("afterDelivery");
      await tick(db, seq, clock.now());
      faultPoint("afterDelivered");
      delivered += 1;
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      await postpone(db, seq, clock.now());
      failures.push(`The alert ${alert.id} was not delivered: ${error.message}.`);
      blocked.add(lane);
    }
  }
  await db.write(DURABLE, () =>
    db.run(
      "DELETE FROM sentinel_alerts WHERE coalesce(delivered_at, created_at) < ? AND (delivered_at IS NOT NULL OR dropped IS NOT NULL)",
      [clock.now() - KEPT_MS],
    ),
  );
  return { delivered, waiting, failures };
}

const OPEN = "delivered_at IS NULL AND dropped IS NULL";

async function pending(db: SqliteConnection, names: readonly string[]) {
  const rows = await db.read(() =>
    db.all(
      `SELECT seq, channel, sentinel FROM sentinel_alerts
       WHERE ${OPEN} AND sentinel IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT 1000`,
      [JSON.stringify(names)],
    ),
  );
  return rows.map((row) => ({
    seq: Number(row["seq"]),
    channelId: String(row["channel"]),
    sentinel: String(row["sentinel"]),
  }));
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

const drop = (db: SqliteConnection, seq: number, why: string) =>
  db.write(DURABLE, () => db.run("UPDATE sentinel_alerts SET dropped = ? WHERE seq = ?", [why, seq]));

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
