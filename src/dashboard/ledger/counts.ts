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
    const since = now - DAY_MS;
    const rows = await session.all(
      "SELECT state, count(*) AS n FROM operations WHERE changed_at >= ? GROUP BY state",
      [since],
    );
    const counted = new Map(rows.map(({ state, n }) => [String(state), Number(n)]));
    const tookMs = performance.now() - began;
    this.#dueAt = performance.now() + Math.max(AT_LEAST_MS, tookMs / SHARE);
    this.#counts = {
      since,
      succeeded: counted.get("succeeded") ?? 0,
      failed: counted.get("failed") ?? 0,
      costUsd: 0,
    };
    return this.#counts;
  }
}
