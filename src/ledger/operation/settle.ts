import type { Lost, Settlement, SettleAnswer, Step } from "./events.ts";
import { isStrict } from "./hold.ts";
import type { Instant } from "../owner/instant.ts";
import { settleLate } from "./late.ts";
import { lost } from "./progress.ts";
import type { Claim, Effect, Operation, SettledBy } from "./state.ts";

/**
 * The result of an attempt. One that comes after the operation was lost or given up is never dropped: it may be
 * the best evidence there is.
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
export function conclude(row: Operation, settlement: Settlement, now: Instant, by: SettledBy): Operation {
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

/** Whether an attempt that ended so has certainly had no effect. */
export function isClean(effect: Effect): boolean {
  return effect === "not_started" || effect === "rejected";
}
