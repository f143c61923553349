import { maybeText, type Row } from "../database/columns.ts";
import { members, type SqlSession } from "../database/sql.ts";
import { collectArtifacts } from "./collect-artifacts.ts";
import type { CallTimeline, Day, InDoubt, ReportData, RunOutcome, Totals } from "./data.ts";
import { COST_USD } from "./details.ts";
import type { Period } from "./period.ts";

/** A page with more is hard to read and slow to draw. */
const MOST_CALLS = 40;
const MOST_IN_DOUBT = 100;

/** `reserved` and `started` are running. A success that no attempt reported is `recovered`. */
const OUTCOME = `CASE
  WHEN state IN ('reserved', 'started') THEN 'running'
  WHEN state = 'succeeded' AND settled_by <> 'attempt' THEN 'recovered'
  ELSE state END`;
const RAN_AT = "coalesce(started_at, created_at)";

/** Collects everything in one read transaction, so that all of it is from the same moment. */
export async function collect(session: SqlSession, period: Period): Promise<ReportData> {
  const { from, to } = period;
  const names = await session.all(
    // First the calls whose sentinel finds too few artifacts, even if all their runs succeeded.
    `SELECT name, count(CASE WHEN state IN ('failed', 'in_doubt') THEN 1 END) AS bad,
       CASE WHEN name IN (SELECT call FROM sentinels WHERE verdict <> 'ok' AND retired_at IS NULL AND call IS NOT NULL)
         THEN 1 ELSE 0 END AS empty
     FROM operations WHERE ${RAN_AT} BETWEEN ? AND ? GROUP BY name ORDER BY empty DESC, bad DESC, name`,
    [from, to],
  );
  const shown = names.slice(0, MOST_CALLS).map((row) => String(row["name"]));
  const bucketMs = period.bucketMs(shown.length);
  const runs = await timelines(session, period, bucketMs, shown);
  const artifacts = await collectArtifacts(session, period, bucketMs, shown);
  const days = await collectDays(session, period);
  const inDoubt = await session.all(
    `SELECT name, key, call_id, code, attempts, coalesce(settled_at, changed_at) AS since
     FROM operations WHERE state = 'in_doubt' ORDER BY since LIMIT ?`,
    [MOST_IN_DOUBT],
  );
  const open = await session.get("SELECT count(*) AS n FROM operations WHERE state = 'in_doubt'", []);
  const calls = shown.map((name): CallTimeline => ({
    name,
    counts: {},
    runs: [],
    ...runs.get(name),
    artifacts: artifacts.byCall.get(name) ?? [],
  }));
  return {
    now: period.now,
    from,
    to,
    bucketMs,
    totals: await totalsOf(session, period, days),
    inDoubt: inDoubt.map(toInDoubt),
    inDoubtCount: Number(open?.["n"]),
    calls,
    hiddenCalls: names.length - shown.length,
    sentinels: artifacts.others,
    days,
  };
}

async function timelines(
  session: SqlSession,
  { from, to }: Period,
  bucketMs: number,
  names: readonly string[],
) {
  const found = new Map<string, { counts: Record<string, number>; runs: CallTimeline["runs"][number][] }>();
  const rows = await session.all(
    `SELECT name, ${OUTCOME} AS outcome, CAST((${RAN_AT} - ?) / ? AS INTEGER) AS bucket, count(*) AS n
     FROM operations WHERE ${RAN_AT} BETWEEN ? AND ? AND name IN (${members(session)})
     GROUP BY 1, 2, 3 ORDER BY 1, 3, 2`,
    [from, bucketMs, from, to, JSON.stringify(names)],
  );
  for (const row of rows) {
    const name = String(row["name"]);
    const call = found.get(name) ?? { counts: {}, runs: [] };
    found.set(name, call);
    const outcome = String(row["outcome"]) as RunOutcome;
    const n = Number(row["n"]);
    call.counts[outcome] = (call.counts[outcome] ?? 0) + n;
    call.runs.push({ bucket: Number(row["bucket"]), outcome, n });
  }
  return found;
}

async function collectDays(session: SqlSession, { from, to }: Period): Promise<Day[]> {
  const spent = await session.all(
    `SELECT CAST(settled_at / 86400000 AS INTEGER) AS day, sum(${COST_USD[session.dialect]}) AS cost
     FROM operations WHERE settled_at BETWEEN ? AND ? AND details IS NOT NULL GROUP BY 1`,
    [from, to],
  );
  const costs = new Map(spent.map((row) => [Number(row["day"]), Number(row["cost"] ?? 0)]));
  const rows = await session.all(
    `SELECT CAST(started_at / 86400000 AS INTEGER) AS day, count(*) AS ended, count(code) AS failed,
       avg(duration_ms) AS mean, max(duration_ms) AS longest
     FROM attempts WHERE started_at BETWEEN ? AND ? GROUP BY 1`,
    [from, to],
  );
  const attempts = new Map(rows.map((row) => [Number(row["day"]), row]));
  const days = new Set([...costs.keys(), ...attempts.keys()]);
  return [...days]
    .toSorted((one, other) => one - other)
    .map((day) => toDay(day, attempts.get(day), costs.get(day) ?? 0));
}

function toDay(day: number, row: Row | undefined, costUsd: number): Day {
  const number = (column: string) => {
    const value = row?.[column];
    return value === null || value === undefined ? null : Number(value);
  };
  return {
    at: day * 86_400_000,
    ended: number("ended") ?? 0,
    failed: number("failed") ?? 0,
    meanMs: number("mean"),
    longestMs: number("longest"),
    costUsd,
  };
}

async function totalsOf(session: SqlSession, { from, to }: Period, days: readonly Day[]): Promise<Totals> {
  const rows = await session.all(
    `SELECT ${OUTCOME} AS outcome, count(*) AS n FROM operations WHERE ${RAN_AT} BETWEEN ? AND ? GROUP BY 1`,
    [from, to],
  );
  const counts = { succeeded: 0, recovered: 0, failed: 0, in_doubt: 0, running: 0 };
  for (const row of rows) counts[String(row["outcome"]) as RunOutcome] = Number(row["n"]);
  return {
    ...counts,
    runs: sum(Object.values(counts)),
    attempts: sum(days.map(({ ended }) => ended)),
    costUsd: sum(days.map(({ costUsd }) => costUsd)),
  };
}

function toInDoubt(row: Row): InDoubt {
  return {
    name: String(row["name"]),
    key: shorten(String(row["key"])),
    callId: String(row["call_id"]),
    code: maybeText(row, "code") ?? "",
    attempts: Number(row["attempts"]),
    since: Number(row["since"]),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
