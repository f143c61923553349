import type { SqlSession } from "../../database/sql.ts";
import type { Counts } from "../data.ts";

const DAY_MS = 86_400_000;
/** Counting may take this part of the server's time. */
const SHARE = 0.02;
const AT_LEAST_MS = 5000;

/** What the last 24 hours came to. Counting reads every row of a day, so it is done the less often the longer it takes. */
export class DayCounter {
  #counts: Counts | undefined;
  #dueAt = 0;

  async count(session: SqlSession, now: number): Promise<Counts> {
    const began = performance.now();
    if (this.#counts !== undefined && began < this.#dueAt) return this.#counts;
    this.#counts = await countSince(session, now - DAY_MS);
    const tookMs = performance.now() - began;
    this.#dueAt = performance.now() + Math.max(AT_LEAST_MS, tookMs / SHARE);
    return this.#counts;
  }
}

/** Calls of the journal by how they ended, and keys that changed without a call of the journal. */
async function countSince(session: SqlSession, since: number): Promise<Counts> {
  const journalled = await session.all(
    "SELECT outcome, count(*) AS n, sum(cost_usd) AS cost FROM journal WHERE started_at >= ? GROUP BY outcome",
    [since],
  );
  const keyed = await session.all(
    `SELECT state, count(*) AS n FROM operations AS o WHERE changed_at >= ? AND state IN ('succeeded', 'failed')
       AND NOT EXISTS (SELECT 1 FROM journal AS j WHERE j.call_id = o.call_id) GROUP BY state`,
    [since],
  );
  const counted = new Map<string, number>();
  for (const { outcome, state, n } of [...journalled, ...keyed]) {
    const word = String(outcome ?? state);
    counted.set(word, (counted.get(word) ?? 0) + Number(n));
  }
  const of = (...words: readonly string[]) => words.reduce((sum, word) => sum + (counted.get(word) ?? 0), 0);
  return {
    since,
    succeeded: of("succeeded", "executed", "recovered", "replayed"),
    failed: of("failed"),
    costUsd: journalled.reduce((sum, { cost }) => sum + Number(cost ?? 0), 0),
  };
}
