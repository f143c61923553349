import type { SqliteConnection } from "../ledger/sqlite-connection.ts";
import { explain } from "../sentinel/alert.ts";
import { saysSomething } from "../sentinel/count/successes.ts";
import { readSentinels, type SentinelRecord } from "../sentinel/store.ts";
import type { ArtifactRow } from "./data.ts";
import type { Period } from "./period.ts";

/** Where no sentinel watches a call, its distinct outputs have to do. */
const OUTPUTS = "distinct outputs";

/** What was made, under the call that says it made it. */
export function collectArtifacts(
  db: SqliteConnection,
  period: Period,
  bucketMs: number,
  calls: readonly string[],
): { readonly byCall: ReadonlyMap<string, ArtifactRow[]>; readonly others: readonly ArtifactRow[] } {
  const byCall = new Map<string, ArtifactRow[]>();
  const others: ArtifactRow[] = [];
  for (const sentinel of readSentinels(db)) {
    const row = sentinelRow(db, sentinel, period, bucketMs);
    const { call } = sentinel;
    if (call === undefined || !calls.includes(call)) others.push(row);
    else byCall.set(call, [...(byCall.get(call) ?? []), row]);
  }
  for (const [call, buckets] of outputs(db, period, bucketMs)) {
    if (byCall.has(call)) continue;
    byCall.set(call, [toRow(OUTPUTS, buckets)]);
  }
  for (const call of calls) if (!byCall.has(call)) byCall.set(call, [toRow(OUTPUTS, new Map())]);
  return { byCall, others };
}

function sentinelRow(
  db: SqliteConnection,
  sentinel: SentinelRecord,
  { from, to, now }: Period,
  bucketMs: number,
): ArtifactRow {
  const found = db.all(
    `SELECT CAST((at - ?) / ? AS INTEGER) AS bucket, count(*) AS n FROM sentinel_artifacts
     WHERE sentinel = ? AND at BETWEEN ? AND ? GROUP BY 1`,
    [from, bucketMs, sentinel.name, from, to],
  );
  const changes = db.all(
    `SELECT at, verdict FROM sentinel_verdicts WHERE sentinel = ? AND at <= ? ORDER BY id DESC LIMIT 200`,
    [sentinel.name, to],
  );
  const stretches = changes
    .toReversed()
    .map(({ at, verdict }) => ({ from: Number(at), verdict: String(verdict) }))
    .map((change, index, all) => ({
      verdict: change.verdict,
      from: Math.max(from, change.from),
      to: Math.min(to, all[index + 1]?.from ?? to),
    }))
    .filter((stretch) => stretch.to > stretch.from);
  const buckets = new Map(found.map(({ bucket, n }) => [Number(bucket), Number(n)]));
  return {
    ...toRow(sentinel.name, buckets),
    sentinel: {
      verdict: sentinel.verdict ?? "unknown",
      why: explain(sentinel, sentinel, sentinel.checkedAt ?? now),
      changes: stretches,
    },
  };
}

/** By call: how many outputs in each bucket were there for the first time. */
function outputs(db: SqliteConnection, { from, to }: Period, bucketMs: number) {
  const rows = db.all(
    `SELECT name, value_sha256 AS id, min(settled_at) AS at,
       max(CASE WHEN value_bytes <= 256 THEN value_json END) AS json
     FROM operations WHERE state = 'succeeded' AND value_sha256 IS NOT NULL AND settled_at IS NOT NULL
     GROUP BY name, value_sha256 HAVING at BETWEEN ? AND ?`,
    [from, to],
  );
  const byCall = new Map<string, Map<number, number>>();
  for (const row of rows) {
    if (!saysSomething(row)) continue;
    const name = String(row["name"]);
    const buckets = byCall.get(name) ?? new Map<number, number>();
    byCall.set(name, buckets);
    const bucket = Math.floor((Number(row["at"]) - from) / bucketMs);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return byCall;
}

function toRow(label: string, buckets: ReadonlyMap<number, number>): ArtifactRow {
  const found = [...buckets].map(([bucket, n]) => ({ bucket, n }));
  return { label, found, total: found.reduce((sum, { n }) => sum + n, 0) };
}
