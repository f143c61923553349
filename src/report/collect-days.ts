import type { Row } from "../database/columns.ts";
import type { SqlSession } from "../database/sql.ts";
import type { Day } from "./data.ts";
import { COST_USD, JOURNAL_ATTEMPTS } from "./details.ts";
import type { Period } from "./period.ts";
import { JOURNAL_ONLY } from "./runs.ts";

const DAY_MS = 86_400_000;

/** What the journal has of a call with a key is its cost over all its attempts, so that of its operation does not count then. */
const SPENT = (cost: string) => `
  SELECT settled_at AS at, ${cost} AS cost FROM operations
  WHERE settled_at BETWEEN ? AND ? AND details IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.call_id = operations.call_id AND cost_usd IS NOT NULL)
  UNION ALL
  SELECT coalesce(ended_at, started_at), cost_usd FROM journal
  WHERE coalesce(ended_at, started_at) BETWEEN ? AND ? AND cost_usd IS NOT NULL`;

const ATTEMPTS = (journal: string) => `
  SELECT started_at AS at, code, duration_ms FROM attempts WHERE started_at BETWEEN ? AND ?
  UNION ALL
  ${journal} WHERE started_at BETWEEN ? AND ? AND ${JOURNAL_ONLY}`;

/** Attempts and costs of each day, UTC. */
export async function collectDays(session: SqlSession, { from, to }: Period): Promise<Day[]> {
  const { dialect } = session;
  const within = [from, to, from, to];
  const day = `CAST(at / ${DAY_MS} AS INTEGER) AS day`;
  const spent = await session.all(
    `SELECT ${day}, sum(cost) AS cost FROM (${SPENT(COST_USD[dialect])}) AS spent GROUP BY 1`,
    within,
  );
  const costs = new Map(spent.map((row) => [Number(row["day"]), Number(row["cost"] ?? 0)]));
  const rows = await session.all(
    `SELECT ${day}, count(*) AS ended, count(code) AS failed, avg(duration_ms) AS mean, max(duration_ms) AS longest
     FROM (${ATTEMPTS(JOURNAL_ATTEMPTS[dialect])}) AS attempt GROUP BY 1`,
    within,
  );
  const attempts = new Map(rows.map((row) => [Number(row["day"]), row]));
  const days = new Set([...costs.keys(), ...attempts.keys()]);
  return [...days]
    .toSorted((one, other) => one - other)
    .map((at) => toDay(at, attempts.get(at), costs.get(at) ?? 0));
}

function toDay(day: number, row: Row | undefined, costUsd: number): Day {
  const number = (column: string) => {
    const value = row?.[column];
    return value === null || value === undefined ? null : Number(value);
  };
  return {
    at: day * DAY_MS,
    ended: number("ended") ?? 0,
    failed: number("failed") ?? 0,
    meanMs: number("mean"),
    longestMs: number("longest"),
    costUsd,
  };
}
