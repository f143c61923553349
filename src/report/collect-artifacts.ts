import type { SqlSession } from "../database/sql.ts";
import { explainVerdict } from "../sentinel/alert.ts";
import { readSentinels, type SentinelRecord } from "../sentinel/store.ts";
import type { ArtifactRow } from "./data.ts";
import { firstEvidence, firstOutputs } from "./first-seen.ts";
import type { Period } from "./period.ts";

/** Labels for a call without a sentinel: it shows the evidence that was found, or without evidence its distinct outputs. */
const EVIDENCE = "distinct evidence";
const OUTPUTS = "distinct outputs";

/**
 * Artifacts by the call that made them.
 *
 * @param withOutputs the calls of which the ledger would have outputs: the journal keeps none, so what it lacks is no empty row
 */
export async function collectArtifacts(
  session: SqlSession,
  period: Period,
  bucketMs: number,
  calls: readonly string[],
  withOutputs: readonly string[],
): Promise<{
  readonly byCall: ReadonlyMap<string, ArtifactRow[]>;
  readonly others: readonly ArtifactRow[];
}> {
  const byCall = new Map<string, ArtifactRow[]>();
  const others: ArtifactRow[] = [];
  for (const sentinel of await readSentinels(session)) {
    const row = await sentinelRow(session, sentinel, period, bucketMs);
    const { call } = sentinel;
    if (call === undefined || !calls.includes(call)) others.push(row);
    else byCall.set(call, [...(byCall.get(call) ?? []), row]);
  }
  for (const [label, found] of [
    [EVIDENCE, await firstEvidence(session, period, bucketMs)],
    [OUTPUTS, await firstOutputs(session, period, bucketMs)],
  ] as const) {
    for (const [call, buckets] of found) {
      if (!byCall.has(call)) byCall.set(call, [toRow(label, buckets)]);
    }
  }
  for (const call of withOutputs) if (!byCall.has(call)) byCall.set(call, [toRow(OUTPUTS, new Map())]);
  return { byCall, others };
}

async function sentinelRow(
  session: SqlSession,
  sentinel: SentinelRecord,
  { from, to, now }: Period,
  bucketMs: number,
): Promise<ArtifactRow> {
  const found = await session.all(
    `SELECT CAST((at - ?) / ? AS INTEGER) AS bucket, count(*) AS n FROM sentinel_artifacts
     WHERE sentinel = ? AND at BETWEEN ? AND ? GROUP BY 1`,
    [from, bucketMs, sentinel.name, from, to],
  );
  const changes = await session.all(
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

function toRow(label: string, buckets: ReadonlyMap<number, number>): ArtifactRow {
  const found = [...buckets].map(([bucket, n]) => ({ bucket, n }));
  return { label, found, total: found.reduce((sum, { n }) => sum + n, 0) };
}
