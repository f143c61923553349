import { members, type SqlSession } from "../database/sql.ts";
import { EMPTY_VALUES, isBlankValue } from "../sentinel/count/successes.ts";
import { EVIDENCE_IDENTITY } from "./details.ts";
import type { Period } from "./period.ts";
import { NAME } from "./runs.ts";

/** By call: how many in each bucket. */
export type Buckets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Characters that no terminal hides, of scripts that outputs often begin with: such a text is not blank. The database counts those, so
 * that a million outputs need not come to this process to be looked at.
 */
export const VISIBLE = "0-9A-Za-z!#-,./:-@_{-~À-ʯͰ-ԯא-תؠ-ۓऄ-ॿก-๛ぁ-ㅣ㐀-鿿가-힣🌀-🫿-";

const BEGINS_VISIBLY = {
  sqlite: { operator: "GLOB", pattern: `"[${VISIBLE}]*` },
  postgres: { operator: "~", pattern: `^"[${VISIBLE}]` },
} as const;

/** Cuts nothing, but without it SQLite computes the identity of a row again wherever the query names it. */
const ONCE_PER_ROW = { sqlite: "LIMIT 9223372036854775807", postgres: "" } as const;

/** Outputs, each at its first success: the same text again is no new artifact, and a blank one is none. */
export async function firstOutputs(
  session: SqlSession,
  { from, to }: Period,
  bucketMs: number,
): Promise<Buckets> {
  const { operator, pattern } = BEGINS_VISIBLY[session.dialect];
  const rows = await session.all(
    `SELECT name, CAST((at - ?) / ? AS INTEGER) AS bucket, doubtful, count(*) AS n FROM (
       SELECT ${NAME} AS name, min(settled_at) AS at,
         max(CASE WHEN value_bytes <= 256 AND value_json LIKE '"%' AND NOT value_json ${operator} ? THEN value_json END) AS doubtful
       FROM operations
       WHERE state = 'succeeded' AND settled_at IS NOT NULL AND value_sha256 NOT IN (${members(session)})
       GROUP BY 1, value_sha256 HAVING min(settled_at) BETWEEN ? AND ?) AS output
     GROUP BY 1, 2, 3`,
    [from, bucketMs, pattern, JSON.stringify(EMPTY_VALUES), from, to],
  );
  return toBuckets(rows.filter(({ doubtful }) => !isBlankValue(doubtful)));
}

/** Evidence that calls found, each at its first sighting: the same file found again is not new. */
export async function firstEvidence(
  session: SqlSession,
  { from, to }: Period,
  bucketMs: number,
): Promise<Buckets> {
  const rows = await session.all(
    `SELECT name, CAST((at - ?) / ? AS INTEGER) AS bucket, count(*) AS n FROM (
       SELECT name, min(settled_at) AS at FROM (
         SELECT ${NAME} AS name, settled_at, ${EVIDENCE_IDENTITY[session.dialect]} AS identity FROM operations
         WHERE state = 'succeeded' AND settled_at <= ? AND details IS NOT NULL ${ONCE_PER_ROW[session.dialect]}) AS success
       GROUP BY name, identity HAVING identity <> '[]' AND min(settled_at) >= ?) AS evidence
     GROUP BY 1, 2`,
    [from, bucketMs, to, from],
  );
  return toBuckets(rows);
}

function toBuckets(rows: readonly Readonly<Record<string, unknown>>[]): Buckets {
  const byCall = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const call = String(row["name"]);
    const buckets = byCall.get(call) ?? new Map<number, number>();
    byCall.set(call, buckets);
    const bucket = Number(row["bucket"]);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + Number(row["n"]));
  }
  return byCall;
}
