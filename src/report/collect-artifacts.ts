import type { SqliteConnection } from "../database/sqlite/connection.ts";
import { explainVerdict } from "../sentinel/alert.ts";
import { saysSomething } from "../sentinel/count/successes.ts";
import { readSentinels, type SentinelRecord } from "../sentinel/store.ts";
import type { ArtifactRow } from "./data.ts";
import type { Period } from "./period.ts";

/** Labels for a call without a sentinel: it shows the evidence that was found, or without evidence its distinct outputs. */
const EVIDENCE = "distinct evidence";
const OUTPUTS = "distinct outputs";

/** Artifacts by the call that made them. */
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
  for (const [label, found] of [
    [EVIDENCE, evidence(db, period)],
    [OUTPUTS, outputs(db, period)],
  ] as const) {
    for (const [call, buckets] of toBuckets(found, period, bucketMs)) {
      if (!byCall.has(call)) byCall.set(call, [toRow(label, buckets)]);
    }
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
      why: explainVerdict(sentinel, sentinel, sentinel.checkedAt ?? now),
      changes: stretches,
    },
  };
}

interface Found {
  readonly call: string;
  readonly at: number;
}

/** Outputs, each at its first success. */
function outputs(db: SqliteConnection, { from, to }: Period): Found[] {
  const rows = db.all(
    `SELECT name, value_sha256 AS id, min(settled_at) AS at,
       max(CASE WHEN value_bytes <= 256 THEN value_json END) AS json
     FROM operations WHERE state = 'succeeded' AND value_sha256 IS NOT NULL AND settled_at IS NOT NULL
     GROUP BY name, value_sha256 HAVING at BETWEEN ? AND ?`,
    [from, to],
  );
  return rows.filter(saysSomething).map((row) => ({ call: String(row["name"]), at: Number(row["at"]) }));
}

/** Evidence that calls found, each at its first sighting: the same file found again is not new. */
function evidence(db: SqliteConnection, { from, to }: Period): Found[] {
  const rows = db.all(
    `SELECT name, json_extract(details, '$.evidence') AS found, settled_at AS at FROM operations
     WHERE state = 'succeeded' AND settled_at <= ? AND json_valid(details)
       AND json_array_length(details, '$.evidence') > 0 ORDER BY settled_at`,
    [to],
  );
  const first = new Map<string, Found>();
  for (const row of rows) {
    const call = String(row["name"]);
    const identity = JSON.stringify([call, JSON.parse(String(row["found"]))], (key, value: unknown) =>
      key === "modifiedAt" ? undefined : value,
    );
    if (!first.has(identity)) first.set(identity, { call, at: Number(row["at"]) });
  }
  return [...first.values()].filter(({ at }) => at >= from);
}

/** By call: how many in each bucket. */
function toBuckets(found: readonly Found[], { from }: Period, bucketMs: number) {
  const byCall = new Map<string, Map<number, number>>();
  for (const { call, at } of found) {
    const buckets = byCall.get(call) ?? new Map<number, number>();
    byCall.set(call, buckets);
    const bucket = Math.floor((at - from) / bucketMs);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return byCall;
}

function toRow(label: string, buckets: ReadonlyMap<number, number>): ArtifactRow {
  const found = [...buckets].map(([bucket, n]) => ({ bucket, n }));
  return { label, found, total: found.reduce((sum, { n }) => sum + n, 0) };
}
