import type { SqlSession } from "../../database/sql.ts";
import { explainVerdict } from "../../sentinel/alert.ts";
import { readSentinels, type SentinelRecord } from "../../sentinel/store.ts";
import type { Overview, SentinelRow } from "../data.ts";

/** The sentinels, and how long ago their sets were checked. */
export async function sentinels(
  session: SqlSession,
  now: number,
): Promise<Pick<Overview, "sentinels" | "passes">> {
  const records = await readSentinels(session);
  if (records.length === 0) return { sentinels: [], passes: [] };
  const changes = await session.all(
    "SELECT sentinel, max(id) AS newest, max(at) AS at FROM sentinel_verdicts GROUP BY sentinel",
    [],
  );
  const since = new Map(changes.map((row) => [String(row["sentinel"]), Number(row["at"])]));
  const passes = await session.all("SELECT source, at FROM sentinel_passes", []);
  const passedAt = new Map(passes.map((row) => [String(row["source"]), Number(row["at"])]));
  const sources = [...new Set(records.map(({ source }) => source))];
  return {
    sentinels: records.map((record) => toRow(record, since.get(record.name), now)),
    passes: sources.map((source) => ({
      source,
      at: passedAt.get(source),
      dueMs: 2 * Math.min(...records.filter((one) => one.source === source).map(({ every }) => every)),
    })),
  };
}

/** The sentence is of the time of the check: one that counts the seconds since would be another at each look. */
function toRow(record: SentinelRecord, since: number | undefined, now: number): SentinelRow {
  const { name, source, call, verdict, alarm, checkedAt, found, min, window, lastAt, dueAt } = record;
  return {
    name,
    source,
    call,
    verdict: verdict ?? "unchecked",
    why: explainVerdict(record, record, checkedAt ?? now),
    alarm,
    checkedAt,
    since,
    found,
    min,
    windowMs: window,
    lastAt,
    dueAt,
  };
}
