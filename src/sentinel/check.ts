import pTimeout, { TimeoutError } from "p-timeout";
import { faultPoint } from "../core/fault-points.ts";
import { HostSignal } from "../process/host-signals.ts";
import { formatDuration } from "../core/duration.ts";
import { LedgerError } from "../database/errors.ts";
import type { SqlDatabase, SqlSession } from "../database/sql.ts";
import { makeAlert } from "./alert.ts";
import { CountError, distinct } from "./count/artifact.ts";
import type { Sentinel } from "./definition.ts";
import { step } from "./hysteresis.ts";
import { knowsAny, recordArtifacts } from "./seen-artifacts.ts";
import { DURABLE, postAlert, readSentinel, writeVerdict, type SentinelRecord } from "./store.ts";
import type { SentinelTime } from "./time.ts";
import { judgeUnderJump, windowStart, type SentinelCount, type Judgement } from "./verdict.ts";

/** The result of one count. The report needs the artifacts beside the verdict. */
type Counted =
  | { readonly kind: "found"; readonly artifacts: Map<string, number | undefined> }
  | (SentinelCount & { readonly kind: "failed" });

export interface Checked {
  readonly judgement: Judgement;
  readonly record: SentinelRecord;
}

/** Checks one sentinel: counts, records the verdict, and puts an alert into the outbox. */
export async function checkOne(
  db: SqlDatabase,
  sentinel: Sentinel,
  time: SentinelTime,
  jump: number,
): Promise<Checked> {
  const { revision } = await db.read((session) => readSentinel(session, sentinel.name));
  const counted = await count(sentinel, db);
  faultPoint("beforeVerdict");
  const checked = await db.write(DURABLE, async (session) =>
    record(session, sentinel, counted, { revision, now: await time.now(session), jump }),
  );
  faultPoint("afterVerdict");
  return checked;
}

/** One transaction. `revision` is that of the sentinel before the count. */
async function record(
  session: SqlSession,
  sentinel: Sentinel,
  counted: Counted,
  { revision, now, jump }: { readonly revision: number; readonly now: number; readonly jump: number },
): Promise<Checked> {
  const before = await readSentinel(session, sentinel.name);
  const evidence = await toEvidence(session, before, counted, now);
  const { unknownSince } = before;
  const since = sinceOf(before, counted, now);
  const moment = { now, since, unknownSince };
  const judgement = judgeUnderJump(evidence, sentinel, moment, jump);
  // Two checks at the same time are one observation. Recorded twice, they would count as two bad checks in a row.
  if (before.revision !== revision) return { judgement, record: before };
  const { state, alert } = step(before, judgement, sentinel.rules, now);
  const expectedFrom =
    evidence.kind === "found" ? windowStart(evidence.times, sentinel.min, since) : undefined;
  await writeVerdict(session, before, judgement, state, { now, expectedFrom });
  if (alert !== undefined) {
    const { registeredAt } = before;
    await postAlert(
      session,
      makeAlert(sentinel, alert, judgement, state, { now, registeredAt }),
      sentinel.channels,
      now,
    );
  }
  return { judgement, record: await readSentinel(session, sentinel.name) };
}

async function toEvidence(
  session: SqlSession,
  before: SentinelRecord,
  counted: Counted,
  now: number,
): Promise<SentinelCount> {
  if (counted.kind === "failed") return counted;
  const isFirst = before.baselinedAt === undefined;
  // A changed definition that finds an artifact of the old one watches the same artifacts, so it needs no new baseline.
  const isSame =
    before.carriedFrom !== undefined && (await knowsAny(session, before.name, counted.artifacts.keys()));
  const isBaseline = isFirst && !isSame;
  const times = await recordArtifacts(session, before.name, counted.artifacts, now, isBaseline);
  if (isFirst) await session.run("UPDATE sentinels SET baselined_at = ? WHERE name = ?", [now, before.name]);
  return { kind: "found", times };
}

/** When expectations begin. Artifacts without a time say nothing about the time before the first count that worked. */
function sinceOf(before: SentinelRecord, counted: Counted, now: number): number {
  if (counted.kind === "failed") return before.registeredAt;
  const timeless = [...counted.artifacts.values()].some((at) => at === undefined);
  if (!timeless) return before.registeredAt;
  return before.carriedFrom ?? Math.max(before.registeredAt, before.baselinedAt ?? now);
}

async function count(sentinel: Sentinel, ledger: SqlDatabase): Promise<Counted> {
  const { deadline, min } = sentinel;
  const controller = new AbortController();
  const context = { signal: controller.signal, remainingMs: deadline, enough: min, ledger };
  try {
    const counting = (async () => sentinel.count(context))();
    return {
      kind: "found",
      artifacts: distinct(await pTimeout(counting, { milliseconds: Math.min(deadline, 2 ** 31 - 1) })),
    };
  } catch (error) {
    // A signal to the host ended the count; that is no verdict about the artifacts.
    if ((error as { cause?: unknown } | undefined)?.cause instanceof HostSignal) throw error;
    return { kind: "failed", reason: reasonOf(error, deadline) };
  } finally {
    // Also after a success, so that requests that the count left open end.
    controller.abort(new CountError("the count is over"));
  }
}

/** The reason for a failed count. Of a foreign error only name or code, because its message may quote data. */
function reasonOf(error: unknown, deadline: number): string {
  if (error instanceof TimeoutError) return `the count did not end within ${formatDuration(deadline)}`;
  if (error instanceof CountError || error instanceof LedgerError) return error.message;
  if (!(error instanceof Error)) return "the count failed";
  const { code } = error as { readonly code?: unknown };
  return `the count failed (${typeof code === "string" ? code : error.name})`;
}
