import { maybeNumber, maybeText, number, type Row } from "../database/columns.ts";
import type { SqliteConnection } from "../database/sqlite/connection.ts";
import type { Alert } from "./alert.ts";
import type { AlertState } from "./hysteresis.ts";
import type { Judgement, SentinelVerdict } from "./verdict.ts";

/** The row of a sentinel in the ledger. Instants are wall-clock milliseconds. */
export interface SentinelRecord extends AlertState {
  readonly name: string;
  readonly source: string;
  readonly call: string | undefined;
  readonly every: number;
  readonly window: number;
  readonly min: number;
  readonly registeredAt: number;
  readonly baselinedAt: number | undefined;
  /** When the current window of an earlier definition began. The present definition goes on with that window. */
  readonly carriedFrom: number | undefined;
  readonly retiredAt: number | undefined;
  readonly revision: number;
  readonly checkedAt: number | undefined;
  readonly verdict: SentinelVerdict | undefined;
  readonly reason: string | undefined;
  readonly found: number | undefined;
  readonly lastAt: number | undefined;
  readonly dueAt: number | undefined;
  readonly unknownSince: number | undefined;
}

export const DURABLE = { durable: true, withinMs: 10_000 } as const;

export function readSentinel(db: SqliteConnection, name: string): SentinelRecord {
  const row = db.get("SELECT * FROM sentinels WHERE name = ?", [name]);
  if (row === undefined) throw new Error(`The ledger does not know the sentinel ${name}.`);
  return toRecord(row);
}

/** All sentinels that are not retired. */
export function readSentinels(db: SqliteConnection): SentinelRecord[] {
  return db.all("SELECT * FROM sentinels WHERE retired_at IS NULL ORDER BY name", []).map(toRecord);
}

function toRecord(row: Row): SentinelRecord {
  return {
    name: String(row["name"]),
    source: String(row["source"]),
    call: maybeText(row, "call"),
    every: number(row, "every_ms"),
    window: number(row, "window_ms"),
    min: number(row, "least"),
    registeredAt: number(row, "registered_at"),
    baselinedAt: maybeNumber(row, "baselined_at"),
    carriedFrom: maybeNumber(row, "carried_from"),
    retiredAt: maybeNumber(row, "retired_at"),
    revision: number(row, "revision"),
    checkedAt: maybeNumber(row, "checked_at"),
    verdict: maybeText(row, "verdict") as SentinelVerdict | undefined,
    reason: maybeText(row, "reason"),
    found: maybeNumber(row, "found"),
    lastAt: maybeNumber(row, "last_at"),
    dueAt: maybeNumber(row, "due_at"),
    unknownSince: maybeNumber(row, "unknown_since"),
    alarm: row["alarm"] === 1,
    badStreak: number(row, "bad_streak"),
    okStreak: number(row, "ok_streak"),
    episode: number(row, "episode"),
    alerts: number(row, "alerts"),
    worst: maybeText(row, "worst") as SentinelVerdict | undefined,
    alertedAt: maybeNumber(row, "alerted_at"),
  };
}

/** Whether the sentinel has found one of these artifacts before, such as under an earlier definition. */
export const knowsAny = (db: SqliteConnection, sentinel: string, artifacts: Iterable<string>): boolean =>
  db.get(
    "SELECT 1 AS found FROM sentinel_artifacts WHERE sentinel = ? AND artifact IN (SELECT value FROM json_each(?)) LIMIT 1",
    [sentinel, JSON.stringify([...artifacts])],
  ) !== undefined;

/**
 * Records artifacts and returns when each was made. An artifact is never newer than its first sighting: touching a file, or a date in the
 * future, does not make it new again.
 *
 * @returns the times of those that are not part of the baseline
 */
export function recordArtifacts(
  db: SqliteConnection,
  sentinel: string,
  found: ReadonlyMap<string, number | undefined>,
  now: number,
  isBaseline: boolean,
): number[] {
  const times: number[] = [];
  for (const [artifact, at] of found) {
    const first = isBaseline && at === undefined ? null : Math.round(Math.min(at ?? now, now));
    const known = db.get("SELECT at FROM sentinel_artifacts WHERE sentinel = ? AND artifact = ?", [
      sentinel,
      artifact,
    ]);
    if (known === undefined) {
      db.run("INSERT INTO sentinel_artifacts (sentinel, artifact, at, first_seen) VALUES (?, ?, ?, ?)", [
        sentinel,
        artifact,
        first,
        now,
      ]);
      if (first !== null) times.push(first);
      continue;
    }
    const before = maybeNumber(known, "at");
    if (before === undefined) continue;
    if (first === null || first >= before) {
      times.push(before);
      continue;
    }
    db.run("UPDATE sentinel_artifacts SET at = ? WHERE sentinel = ? AND artifact = ?", [
      first,
      sentinel,
      artifact,
    ]);
    times.push(first);
  }
  return times;
}

export function writeVerdict(
  db: SqliteConnection,
  before: SentinelRecord,
  judgement: Judgement,
  state: AlertState,
  times: { readonly now: number; readonly expectedFrom: number | undefined },
): void {
  const { now, expectedFrom } = times;
  const unknownSince = judgement.verdict === "unknown" ? Math.min(before.unknownSince ?? now, now) : null;
  db.run(
    `UPDATE sentinels SET revision = revision + 1, checked_at = ?, verdict = ?, reason = ?, found = ?,
       last_at = ?, due_at = ?, unknown_since = ?, alarm = ?, bad_streak = ?, ok_streak = ?, episode = ?,
       alerts = ?, worst = ?, alerted_at = ?, expected_from = coalesce(?, expected_from)
     WHERE name = ?`,
    [
      now,
      judgement.verdict,
      judgement.reason ?? null,
      judgement.found ?? null,
      judgement.lastAt ?? null,
      judgement.dueAt ?? null,
      unknownSince,
      state.alarm ? 1 : 0,
      state.badStreak,
      state.okStreak,
      state.episode,
      state.alerts,
      state.worst ?? null,
      state.alertedAt ?? null,
      expectedFrom ?? null,
      before.name,
    ],
  );
  if (judgement.verdict === before.verdict) return;
  db.run("INSERT INTO sentinel_verdicts (sentinel, at, verdict) VALUES (?, ?, ?)", [
    before.name,
    now,
    judgement.verdict,
  ]);
}

/** Puts an alert into the outbox. Call it in the transaction of the verdict, so that neither exists without the other. */
export function postAlert(
  db: SqliteConnection,
  alert: Alert,
  channels: readonly { readonly id: string }[],
  now: number,
): void {
  for (const { id } of channels) {
    db.run(
      `INSERT INTO sentinel_alerts (id, channel, sentinel, body, created_at, next_at) VALUES (?, ?, ?, ?, ?, 0)
       ON CONFLICT (id, channel) DO NOTHING`,
      [alert.id, id, alert.sentinel, JSON.stringify(alert), now],
    );
  }
}
