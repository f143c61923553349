import type { ClaimAnswer, ClaimEvent, LogEntry, Moment, Step } from "./events.ts";
import { differenceOf } from "../key/fingerprint.ts";
import { howToProceed, isDoubtful, isHeld, isStrict, withLosses } from "./ownership.ts";
import { type Instant, leaseFrom, leaseLeftMs } from "../owner/instant.ts";
import { type Effects, type Operation, OWNER_LOST } from "./state.ts";

/** Decides whether a call may begin, and takes the operation for it if it may. */
export function claim(row: Operation | undefined, event: ClaimEvent, moment: Moment): Step<ClaimAnswer> {
  if (row === undefined) return proceed(undefined, event, moment, []);
  const held = isHeld(row, moment);
  const differs = differenceOf(row.fingerprint, event.fingerprint);
  if (differs !== undefined && (held || isBound(row, event.effects))) {
    return { answer: { kind: "key_conflict", differs, record: row }, log: [] };
  }
  if (held) return { answer: inProgress(row, moment.now), log: [] };
  switch (row.state) {
    case "succeeded":
      return { answer: { kind: "replayed", record: row }, log: [] };
    case "reserved":
    case "failed":
    case "in_doubt":
      return pass(row, event, moment, []);
    case "started":
      return pass(row, event, moment, [ownerLost(row, moment.now.at)]);
    default:
      return row.state satisfies never;
  }
}

/**
 * Whether the key still stands for the input it was first used with. A key under which provably nothing happened
 * stands for nothing yet: a corrected input after a refusal must not need a new key.
 */
function isBound(row: Operation, effects: Effects): boolean {
  if (row.state === "succeeded") return true;
  return isDoubtful(row) && !(row.effects === "none" && effects === "none");
}

function pass(row: Operation, event: ClaimEvent, moment: Moment, log: LogEntry[]): Step<ClaimAnswer> {
  const known = withLosses(row, moment);
  switch (howToProceed(row, event.effects)) {
    case "again":
      return proceed(known, event, moment, log);
    case "probe":
      return probe(known, event, moment, log);
    default:
      return stop(known, event, moment, log);
  }
}

function proceed(
  row: Operation | undefined,
  event: ClaimEvent,
  moment: Moment,
  log: LogEntry[],
): Step<ClaimAnswer> {
  const taken: Operation = {
    createdAt: moment.now.at,
    attemptFence: 0,
    doubtFence: 0,
    attempts: 0,
    value: { kept: "none" },
    ...row,
    ...takeOver(row, event, moment),
    state: "reserved",
    effects: event.effects,
    fingerprint: event.fingerprint,
    effect: row !== undefined && row.doubtFence > 0 ? "unknown" : "not_started",
    code: undefined,
    settledAt: undefined,
    settledBy: undefined,
  };
  return {
    answer: { kind: "proceed", claim: claimOf(taken), attempt: taken.attempts + 1, previous: row },
    row: taken,
    log,
  };
}

function probe(row: Operation, event: ClaimEvent, moment: Moment, log: LogEntry[]): Step<ClaimAnswer> {
  const taken: Operation = {
    ...row,
    ...takeOver(row, event, moment),
    state: "in_doubt",
    probing: true,
    effects: event.effects,
    effect: row.effect === "completed" ? "completed" : "unknown",
    code: row.code ?? OWNER_LOST,
    settledAt: row.settledAt ?? moment.now.at,
  };
  return { answer: { kind: "probe", claim: claimOf(taken), record: taken }, row: taken, log };
}

/** Not a takeover: the fence stays, so that a late result of the lost owner can still settle the doubt. */
function stop(row: Operation, event: ClaimEvent, moment: Moment, log: LogEntry[]): Step<ClaimAnswer> {
  if (row.state === "in_doubt" && !row.probing) return { answer: { kind: "in_doubt", record: row }, log };
  const doubted: Operation = {
    ...row,
    state: "in_doubt",
    probing: false,
    effects: isStrict(row.effects) ? row.effects : event.effects,
    effect: row.effect === "completed" ? "completed" : "unknown",
    code: row.code ?? OWNER_LOST,
    settledAt: row.settledAt ?? moment.now.at,
    leaseUntil: moment.now.at,
  };
  return { answer: { kind: "in_doubt", record: doubted }, row: doubted, log };
}

function takeOver(row: Operation | undefined, event: ClaimEvent, { now, fenceFloor }: Moment) {
  return {
    name: event.name,
    key: event.key,
    callId: event.callId,
    owner: event.owner,
    ...leaseFrom(now, event.leaseMs),
    effectWithinMs: effectWithin(row, event),
    fence: (row?.fence ?? fenceFloor) + 1,
    probing: false,
  };
}

/** The longer of two declarations, while there is a doubt: a shorter one says nothing of a request that has left under the longer. */
function effectWithin(row: Operation | undefined, { effectWithinMs = 0 }: ClaimEvent): number {
  return row !== undefined && isDoubtful(row) ? Math.max(row.effectWithinMs, effectWithinMs) : effectWithinMs;
}

function inProgress(row: Operation, now: Instant): ClaimAnswer {
  // A live owner may outlast its lease, and after a clock went back a lease may seem to last for hours.
  const left = leaseLeftMs(row, now);
  const retryAfterMs = left > 0 ? Math.min(left, row.leaseMs) : row.leaseMs;
  return { kind: "in_progress", retryAfterMs, owner: row.owner, record: row };
}

/** Closes the attempt of an owner that will not. A result it still reports is a row of its own. */
export function ownerLost(row: Operation, at: number): LogEntry {
  return { kind: "attempt_ended", fence: row.fence, end: { code: OWNER_LOST, effect: "unknown" }, at };
}

export function claimOf({ name, key, fence }: Operation) {
  return { name, key, fence };
}
