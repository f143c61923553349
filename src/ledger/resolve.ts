import { claimOf, ownerLost } from "./claim.ts";
import type { Lost, Moment, ProbeAnswer, ProbedAnswer, ResolveAnswer, Step, Verdict } from "./events.ts";
import { isDoubtful, isHeld } from "./hold.ts";
import { lost } from "./progress.ts";
import type { Claim, Operation } from "./state.ts";

/** What a probe saw. `absent` lets exactly one attempt begin: the doubt stays until something settles it. */
export function probed(
  row: Operation | undefined,
  claim: Claim,
  answer: ProbeAnswer,
  now: number,
): Step<ProbedAnswer | Lost> {
  if (row?.fence !== claim.fence || !row.probing) return lost(row);
  const log = [
    {
      kind: "resolution",
      resolution: { at: now, fence: claim.fence, answer, by: "probe", why: `the probe said ${answer}` },
    } as const,
  ];
  if (answer === "present") {
    const record = found(row, now, "probe");
    return { answer: { kind: "recovered", record }, row: record, log };
  }
  if (answer === "unknown") {
    const record: Operation = { ...row, probing: false, leaseUntil: now };
    return { answer: { kind: "in_doubt", record }, row: record, log };
  }
  const record: Operation = {
    ...row,
    state: "reserved",
    probing: false,
    leaseUntil: now + row.leaseMs,
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
 * What an operator found out. It outranks a probe under way, and it takes a new fence: a result that still comes
 * in is late, kept, and able to contradict the operator.
 */
export function resolve(row: Operation, verdict: Verdict, moment: Moment): Step<ResolveAnswer> {
  if (!isDoubtful(row) || row.state === "succeeded") {
    return { answer: { kind: "not_in_doubt", record: row }, log: [] };
  }
  if (row.state !== "in_doubt" && isHeld(row, moment)) {
    return { answer: { kind: "in_progress", record: row }, log: [] };
  }
  const { now } = moment;
  const taken = { ...row, fence: row.fence + 1 };
  const record: Operation =
    verdict.as === "done"
      ? found(taken, now, "operator")
      : {
          ...taken,
          state: "failed",
          probing: false,
          doubtFence: 0,
          effect: "not_started",
          leaseUntil: now,
          settledAt: now,
          settledBy: "operator",
        };
  const answer = verdict.as === "done" ? "present" : "absent";
  return {
    answer: { kind: "resolved", record },
    row: record,
    log: [
      ...(row.state === "started" ? [ownerLost(row, now)] : []),
      {
        kind: "resolution",
        resolution: { at: now, fence: record.fence, answer, by: verdict.by, why: verdict.why },
      },
    ],
  };
}

function found(row: Operation, now: number, settledBy: "probe" | "operator"): Operation {
  return {
    ...row,
    state: "succeeded",
    probing: false,
    doubtFence: 0,
    effect: "completed",
    code: undefined,
    leaseUntil: now,
    settledAt: now,
    settledBy,
  };
}
