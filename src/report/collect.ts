import { maybeText, type Row } from "../database/columns.ts";
import { members, type SqlSession } from "../database/sql.ts";
import { collectDays } from "./collect-days.ts";
import { collectArtifacts } from "./collect-artifacts.ts";
import type { CallTimeline, Day, InDoubt, ReportData, RunOutcome, Totals } from "./data.ts";
import type { Period } from "./period.ts";
import { lostRuns, RUNS } from "./runs.ts";

/** A page with more is hard to read and slow to draw. */
const MOST_CALLS = 40;
const MOST_IN_DOUBT = 100;

/** Collects everything in one read transaction, so that all of it is from the same moment. */
export async function collect(session: SqlSession, period: Period): Promise<ReportData> {
  const { from, to } = period;
  const names = await session.all(
    // First the calls whose sentinel finds too few artifacts, even if all their runs succeeded.
    `SELECT name, count(CASE WHEN outcome IN ('failed', 'in_doubt') THEN 1 END) AS bad, max(guarded) AS guarded,
       CASE WHEN name IN (SELECT call FROM sentinels WHERE verdict <> 'ok' AND retired_at IS NULL AND call IS NOT NULL)
         THEN 1 ELSE 0 END AS empty
     FROM ${RUNS} WHERE at BETWEEN ? AND ? GROUP BY name ORDER BY empty DESC, bad DESC, name`,
    [from, to],
  );
  const shown = names.slice(0, MOST_CALLS).map((row) => String(row["name"]));
  const bucketMs = period.bucketMs(shown.length);
  const lost = await lostRuns(session, period);
  const runs = await timelines(session, period, bucketMs, shown, lost);
  const guarded = names.filter((row) => Number(row["guarded"]) > 0).map((row) => String(row["name"]));
  const withOutputs = shown.filter((name) => guarded.includes(name));
  const artifacts = await collectArtifacts(session, period, bucketMs, shown, withOutputs);
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
    totals: await totalsOf(session, period, days, lost.length),
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
  lost: Awaited<ReturnType<typeof lostRuns>>,
) {
  const found = new Map<string, { counts: Record<string, number>; runs: CallTimeline["runs"][number][] }>();
  const rows = await session.all(
    `SELECT name, outcome, CAST((at - ?) / ? AS INTEGER) AS bucket, count(*) AS n
     FROM ${RUNS} WHERE at BETWEEN ? AND ? AND name IN (${members(session)})
     GROUP BY 1, 2, 3 ORDER BY 1, 3, 2`,
    [from, bucketMs, from, to, JSON.stringify(names)],
  );
  for (const row of rows) {
    const name = String(row["name"]);
    const call = found.get(name) ?? { counts: {}, runs: [] };
    found.set(name, call);
    const bucket = Number(row["bucket"]);
    const outcome = String(row["outcome"]) as RunOutcome;
    const n = Number(row["n"]);
    const isLost = (run: (typeof lost)[number]) =>
      run.name === name && Math.trunc((run.at - from) / bucketMs) === bucket;
    const without = outcome === "running" ? lost.filter(isLost).length : 0;
    for (const [told, count] of [
      [outcome, n - without],
      ["lost", without],
    ] as const) {
      if (count === 0) continue;
      call.counts[told] = (call.counts[told] ?? 0) + count;
      call.runs.push({ bucket, outcome: told, n: count });
    }
  }
  return found;
}

async function totalsOf(
  session: SqlSession,
  { from, to }: Period,
  days: readonly Day[],
  lost: number,
): Promise<Totals> {
  const rows = await session.all(
    `SELECT outcome, count(*) AS n FROM ${RUNS} WHERE at BETWEEN ? AND ? GROUP BY 1`,
    [from, to],
  );
  const counts = { succeeded: 0, recovered: 0, failed: 0, in_doubt: 0, running: 0, lost };
  for (const row of rows) counts[String(row["outcome"]) as RunOutcome] = Number(row["n"]);
  counts.running -= lost;
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
