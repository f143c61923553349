import { claimOf, ownerLost } from "./claim.ts";
import type {
  LogEntry,
  Lost,
  Moment,
  ProbedAnswer,
  ProbeReport,
  ResolveAnswer,
  Step,
  OperatorVerdict,
} from "./events.ts";
import { absentAfterMs, isDoubtful, isHeld, isLingering, withLosses } from "./ownership.ts";
import { type Instant, leaseFrom } from "../owner/instant.ts";
import { lost } from "./progress.ts";
import type { Owner } from "../owner/owner.ts";
import type { Claim, Operation } from "./state.ts";

/**
 * Applies the answer of a probe. `present` counts at once. `absent` counts when no effect can appear any more; it then admits exactly
 * one attempt, and the doubt stays until a result settles it.
 */
export function probed(
  was: Operation | undefined,
  claim: Claim,
  report: ProbeReport,
  moment: Moment,
  lookedMs = 0,
): Step<ProbedAnswer | Lost> {
  if (was?.fence !== claim.fence || !was.probing) return lost(was);
  const { now } = moment;
  const row = withLosses(was, moment);
  if (report === "released") {
    const record: Operation = { ...row, probing: false, leaseUntil: now.at };
    return { answer: { kind: "in_doubt", record }, row: record, log: [] };
  }
  const answer = report === "join" ? "absent" : report;
  const tooEarlyMs = report === "absent" ? absentAfterMs(row, moment, lookedMs) : 0;
  const why = (() => {
    if (report === "join") return "the next attempt joins what the earlier one started";
    return `the probe said ${answer}${tooEarlyMs > 0 ? `, ${tooEarlyMs} ms too early to count` : ""}`;
  })();
  const resolution = { at: now.at, fence: claim.fence, answer, by: "probe", why };
  const log: LogEntry[] = [{ kind: "resolution", resolution }];
  if (answer === "present") {
    const record = found(row, now, "probe");
    return { answer: { kind: "recovered", record }, row: record, log };
  }
  if (answer === "unknown") {
    const record: Operation = { ...row, probing: false, leaseUntil: now.at };
    return { answer: { kind: "in_doubt", record }, row: record, log };
  }
  if (tooEarlyMs > 0) {
    const record: Operation = { ...row, ...leaseFrom(now, row.leaseMs) };
    return { answer: { kind: "too_early", retryAfterMs: tooEarlyMs, record }, row: record, log };
  }
  const record: Operation = {
    ...row,
    state: "reserved",
    probing: false,
    ...leaseFrom(now, row.leaseMs),
    settledAt: undefined,
    settledBy: undefined,
    code: undefined,
  };
  return {
    answer: { kind: "proceed", claim: claimOf(record), attempt: record.attempts + 1, previous: row },
    row: record,
    log,
  };
}

/**
 * Applies an operator's answer. It overrides a running probe and takes a new fence: a result that arrives later is kept as late, and may
 * contradict the operator. With `force` it also overrides an owner that seems to hold the operation, work that continues, and an end that
 * is already recorded, such as an operator's wrong answer.
 */
export function resolve(row: Operation, verdict: OperatorVerdict, moment: Moment): Step<ResolveAnswer> {
  const { as, by, why, force = false } = verdict;
  const { now } = moment;
  const isOpen = isDoubtful(row) && row.state !== "succeeded";
  const worker = workerOf(row, as, moment);
  if (!force && !isOpen) return { answer: { kind: "not_in_doubt", record: row }, log: [] };
  if (!force && worker) return { answer: { kind: "in_progress", record: row, owner: worker }, log: [] };
  const taken = { ...row, fence: row.fence + 1 };
  const record = as === "done" ? found(taken, now, "operator") : absent(taken, now);
  const answer = as === "done" ? "present" : "absent";
  const overrode = isOpen && worker === undefined ? undefined : describe(row, worker);
  const resolution = {
    at: now.at,
    fence: record.fence,
    answer,
    by,
    why,
    ...(overrode && { overrode }),
  } as const;
  return {
    answer: { kind: "resolved", record, overrode },
    row: record,
    log: [...(row.state === "started" ? [ownerLost(row, now.at)] : []), { kind: "resolution", resolution }],
  };
}

/**
 * The owner or the work that may still cause the effect. While work continues, "absent" proves nothing yet, and a new attempt would run
 * beside it. "done" stays true.
 */
function workerOf(row: Operation, as: OperatorVerdict["as"], moment: Moment): Owner | undefined {
  if (row.state !== "in_doubt" && isHeld(row, moment)) return row.owner;
  return as === "absent" && isLingering(row, moment) ? row.lingering?.owner : undefined;
}

/** It did not happen, so the value of an earlier end is dropped. */
function absent(row: Operation, now: Instant): Operation {
  const hadEnded = row.state === "succeeded";
  return {
    ...row,
    ...(hadEnded && { code: undefined, value: { kept: "none" }, details: undefined, prunedAt: undefined }),
    state: "failed",
    probing: false,
    doubtFence: 0,
    effect: "not_started",
    lingering: undefined,
    leaseUntil: now.at,
    settledAt: now.at,
    settledBy: "operator",
  };
}

function describe({ state, settledBy, owner, callId, lingering }: Operation, worker?: Owner): string {
  if (settledBy === undefined)
    return `${state}, held by process ${owner.pid} on ${owner.host} (call ${callId})`;
  const goesOn = worker !== undefined && worker === lingering?.owner;
  const where = goesOn ? `, its work going on in process ${worker.pid} on ${worker.host}` : "";
  return `${state}, settled by ${settledBy} (call ${callId})${where}`;
}

function found(row: Operation, now: Instant, settledBy: "probe" | "operator"): Operation {
  return {
    ...row,
    state: "succeeded",
    probing: false,
    doubtFence: 0,
    effect: "completed",
    code: undefined,
    leaseUntil: now.at,
    settledAt: now.at,
    settledBy,
  };
}
