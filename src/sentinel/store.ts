import { maybeNumber, maybeText, number, type Row } from "../database/columns.ts";
import type { SqlSession } from "../database/sql.ts";
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

export async function readSentinel(session: SqlSession, name: string): Promise<SentinelRecord> {
  const row = await session.get("SELECT * FROM sentinels WHERE name = ?", [name]);
  if (row === undefined) throw new Error(`The ledger does not know the sentinel ${name}.`);
  return toRecord(row);
}

/** All sentinels that are not retired. */
export async function readSentinels(session: SqlSession): Promise<SentinelRecord[]> {
  const rows = await session.all("SELECT * FROM sentinels WHERE retired_at IS NULL ORDER BY name", []);
  return rows.map(toRecord);
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
    alarm: number(row, "alarm") === 1,
    badStreak: number(row, "bad_streak"),
    okStreak: number(row, "ok_streak"),
    episode: number(row, "episode"),
    alerts: number(row, "alerts"),
    worst: maybeText(row, "worst") as SentinelVerdict | undefined,
    alertedAt: maybeNumber(row, "alerted_at"),
  };
}

export async function writeVerdict(
  session: SqlSession,
  before: SentinelRecord,
  judgement: Judgement,
  state: AlertState,
  times: { readonly now: number; readonly expectedFrom: number | undefined },
): Promise<void> {
  const { now, expectedFrom } = times;
  const unknownSince = judgement.verdict === "unknown" ? Math.min(before.unknownSince ?? now, now) : null;
  await session.run(
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
  await session.run("INSERT INTO sentinel_verdicts (sentinel, at, verdict) VALUES (?, ?, ?)", [
    before.name,
    now,
    judgement.verdict,
  ]);
}

/** Puts an alert into the outbox. Call it in the transaction of the verdict, so that neither exists without the other. */
export async function postAlert(
  session: SqlSession,
  alert: Alert,
  channels: readonly { readonly id: string }[],
  now: number,
): Promise<void> {
  for (const { id } of channels) {
    await session.run(
      `INSERT INTO sentinel_alerts (id, channel, sentinel, body, created_at, next_at) VALUES (?, ?, ?, ?, ?, 0)
       ON CONFLICT (id, channel) DO NOTHING`,
      [alert.id, id, alert.sentinel, JSON.stringify(alert), now],
    );
  }
}
