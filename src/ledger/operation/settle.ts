import type { LogEntry, Lost, Settlement, SettleAnswer, Step } from "./events.ts";
import { isStrict, stillGoing } from "./ownership.ts";
import type { Instant } from "../owner/instant.ts";
import { lost } from "./progress.ts";
import type { Claim, Effect, Operation, SettledBy } from "./state.ts";

/**
 * Applies the result of an attempt. A result that arrives after the operation was lost or given up is never dropped: it may be the only
 * evidence of the effect.
 */
export function settle(
  row: Operation | undefined,
  claim: Claim,
  settlement: Settlement,
  now: Instant,
): Step<SettleAnswer | Lost> {
  if (row === undefined) return lost(row);
  if (row.fence !== claim.fence) return settleLate(row, claim, settlement, now);
  if (row.state === "started") {
    const record = conclude(row, settlement, now, "attempt");
    const log = [{ kind: "attempt_ended", fence: claim.fence, end: settlement.end, at: now.at } as const];
    return { answer: { kind: "settled", record }, row: record, log };
  }
  if (row.state === "reserved" || row.probing) {
    if (settlement.end.effect !== "not_started") {
      throw new Error("An attempt reported a result before it was recorded as started.");
    }
    const record = conclude(row, settlement, now, "attempt");
    return { answer: { kind: "settled", record }, row: record, log: [] };
  }
  return settleLate(row, claim, settlement, now);
}

/** The row after the newest attempt's own report. */
function conclude(row: Operation, settlement: Settlement, now: Instant, by: SettledBy): Operation {
  const over = { ...row, probing: false, leaseUntil: now.at, settledAt: now.at, settledBy: by, ended: now };
  if (settlement.state === "succeeded") {
    const { value, details } = settlement;
    return {
      ...over,
      state: "succeeded",
      effect: "completed",
      doubtFence: 0,
      code: undefined,
      value,
      details,
    };
  }
  const { effect, code } = settlement.end;
  const doubtFence = isClean(effect) ? row.doubtFence : row.doubtFence || row.attemptFence;
  const inDoubt = doubtFence > 0 && isStrict(row.effects);
  return {
    ...over,
    ...(settlement.lingering && { lingering: { fence: row.attemptFence, owner: row.owner, seen: now } }),
    state: inDoubt ? "in_doubt" : "failed",
    doubtFence,
    effect: isClean(effect) && doubtFence > 0 ? "unknown" : effect,
    code,
  };
}

/** Whether this effect proves that the attempt changed nothing. */
function isClean(effect: Effect): boolean {
  return effect === "not_started" || effect === "rejected";
}

/** Keeps a result with an older fence, or of an attempt that was given up. */
function settleLate(was: Operation, claim: Claim, settlement: Settlement, now: Instant): Step<SettleAnswer> {
  const log: LogEntry[] = [{ kind: "late_result", fence: claim.fence, end: settlement.end, at: now.at }];
  // Its effect may have begun at its very end, so what is still to appear counts from here.
  const goesOn = settlement.state === "failed" && settlement.lingering === true;
  const { lingering } = was;
  const own = lingering?.fence === claim.fence && {
    lingering: goesOn ? stillGoing(lingering, now) : undefined,
  };
  const row = { ...was, ended: now, ...own };
  const step =
    claim.fence === row.attemptFence
      ? settleNewest(row, settlement, now)
      : settleOlder(row, claim, settlement, now);
  return { row, ...step, log };
}

type Decision = Omit<Step<SettleAnswer>, "log">;

/** No newer attempt has started, so this result replaces what the ledger assumed. */
function settleNewest(row: Operation, settlement: Settlement, now: Instant): Decision {
  if (row.state === "succeeded") return addValue(row, settlement);
  if (settlement.state === "succeeded") {
    return settledLate(conclude(withdraw(row), settlement, now, "late"));
  }
  if (isClean(settlement.end.effect)) {
    if (row.doubtFence !== row.attemptFence) return unchanged(row);
    const cleared = { ...row, doubtFence: 0 };
    if (row.state === "reserved") return settledLate({ ...cleared, effect: "not_started" });
    return settledLate(conclude(withdraw(cleared), settlement, now, "late"));
  }
  if (row.state === "in_doubt") return unchanged(row);
  if (row.state === "reserved" && !isStrict(row.effects)) return settledLate(doubt(row, row.attemptFence));
  return settledLate(conclude(withdraw(row), settlement, now, "late"));
}

/** A newer attempt has started: if this one had an effect too, there may be two. */
function settleOlder(row: Operation, claim: Claim, settlement: Settlement, now: Instant): Decision {
  if (isClean(settlement.end.effect)) return unchanged(row);
  const doubleEffect = row.state === "succeeded" || row.state === "started" || !isClean(row.effect);
  if (row.state === "succeeded") return { answer: { kind: "late", doubleEffect, record: row } };
  const doubted = doubt(row, claim.fence);
  if (row.state === "started" || !isStrict(row.effects)) {
    return { answer: { kind: "late", doubleEffect, record: doubted }, row: doubted };
  }
  const stopped: Operation = {
    ...withdraw(doubted),
    state: "in_doubt",
    probing: false,
    effect: "unknown",
    code: row.code ?? settlement.end.code,
    leaseUntil: now.at,
    settledAt: now.at,
    settledBy: "late",
  };
  return { answer: { kind: "late", doubleEffect, record: stopped }, row: stopped };
}

/**
 * Takes the operation from a holder that is still before the effect: its next write meets a newer fence, so an
 * attempt that this result made needless never starts.
 */
function withdraw(row: Operation): Operation {
  return row.state === "reserved" || row.probing ? { ...row, fence: row.fence + 1 } : row;
}

function doubt(row: Operation, fence: number): Operation {
  return { ...row, doubtFence: row.doubtFence === 0 ? fence : Math.min(row.doubtFence, fence) };
}

/** A probe or an operator has already recorded the success; this result adds its value. */
function addValue(row: Operation, settlement: Settlement): Decision {
  if (settlement.state !== "succeeded" || row.value.kept !== "none") return unchanged(row);
  const record = { ...row, value: settlement.value, details: settlement.details };
  return { answer: { kind: "late", doubleEffect: false, record }, row: record };
}

function unchanged(record: Operation): Decision {
  return { answer: { kind: "late", doubleEffect: false, record } };
}

function settledLate(record: Operation): Decision {
  return { answer: { kind: "settled_late", record }, row: record };
}
