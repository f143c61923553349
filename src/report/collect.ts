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
/** `state <> 'succeeded'` is the condition of the index, or SQLite does not use it. */
const IN_DOUBT = "state = 'in_doubt' AND state <> 'succeeded'";

/** Collects everything in one read transaction, so that all of it is from the same moment. */
export async function collect(session: SqlSession, period: Period): Promise<ReportData> {
  const { from, to } = period;
  const counted = await countRuns(session, period);
  const names = await inOrder(session, counted);
  const shown = names.slice(0, MOST_CALLS);
  const bucketMs = period.bucketMs(shown.length);
  const lost = await lostRuns(session, period);
  const runs = await timelines(session, period, bucketMs, shown, lost);
  const guarded = new Set(counted.filter(({ isGuarded }) => isGuarded).map(({ name }) => name));
  const withOutputs = shown.filter((name) => guarded.has(name));
  const artifacts = await collectArtifacts(session, period, bucketMs, shown, withOutputs);
  const days = await collectDays(session, period);
  const inDoubt = await session.all(
    `SELECT name, key, call_id, code, attempts, coalesce(settled_at, changed_at) AS since
     FROM operations WHERE ${IN_DOUBT} ORDER BY since LIMIT ?`,
    [MOST_IN_DOUBT],
  );
  const open = await session.get(`SELECT count(*) AS n FROM operations WHERE ${IN_DOUBT}`, []);
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
    totals: totalsOf(counted, days, lost.length),
    inDoubt: inDoubt.map(toInDoubt),
    inDoubtCount: Number(open?.["n"]),
    calls,
    hiddenCalls: names.length - shown.length,
    sentinels: artifacts.others,
    days,
  };
}

interface RunCount {
  readonly name: string;
  readonly outcome: RunOutcome;
  readonly isGuarded: boolean;
  readonly n: number;
}

/** How often each name came to each outcome. */
async function countRuns(session: SqlSession, { from, to }: Period): Promise<readonly RunCount[]> {
  const rows = await session.all(
    `SELECT name, outcome, guarded, count(*) AS n FROM ${RUNS} WHERE at BETWEEN ? AND ?
     GROUP BY 1, 2, 3 ORDER BY 1`,
    [from, to],
  );
  return rows.map((row) => ({
    name: String(row["name"]),
    outcome: String(row["outcome"]) as RunOutcome,
    isGuarded: Number(row["guarded"]) > 0,
    n: Number(row["n"]),
  }));
}

/** First the calls whose sentinel finds too few artifacts, even if all their runs succeeded; then those with most runs that went badly. */
async function inOrder(session: SqlSession, counted: readonly RunCount[]): Promise<readonly string[]> {
  const silent = await session.all(
    "SELECT call FROM sentinels WHERE verdict <> 'ok' AND retired_at IS NULL AND call IS NOT NULL",
    [],
  );
  const empty = new Set(silent.map(({ call }) => String(call)));
  const bad = new Map<string, number>();
  for (const { name, outcome, n } of counted) {
    const isBad = outcome === "failed" || outcome === "in_doubt";
    bad.set(name, (bad.get(name) ?? 0) + (isBad ? n : 0));
  }
  // The names are in the database's order, which stays where nothing else decides.
  return [...bad]
    .toSorted(([one, few], [other, many]) => Number(empty.has(other)) - Number(empty.has(one)) || many - few)
    .map(([name]) => name);
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

function totalsOf(counted: readonly RunCount[], days: readonly Day[], lost: number): Totals {
  const counts = { succeeded: 0, recovered: 0, failed: 0, in_doubt: 0, running: 0, lost };
  for (const { outcome, n } of counted) counts[outcome] += n;
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
