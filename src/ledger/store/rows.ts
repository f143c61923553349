import { maybe, maybeNumber, maybeText, number, oneOf, type Row, text } from "../../database/columns.ts";
import type { Instant } from "../owner/instant.ts";
import { ownerColumns, readOwner } from "../owner/columns.ts";
import type { Columns } from "../../database/sql.ts";
import {
  type LedgerAttempt,
  changedAt,
  type Effect,
  type Effects,
  type Lingering,
  type Operation,
  type OperationState,
  type Resolution,
  type SettledBy,
} from "../operation/state.ts";
import { type StoredValue } from "../key/value.ts";

const EFFECTS: readonly Effects[] = ["none", "keyed", "verifiable", "once"];
const EFFECT: readonly Effect[] = ["not_started", "rejected", "completed", "unknown"];
const STATES: readonly OperationState[] = ["reserved", "started", "succeeded", "failed", "in_doubt"];
const SETTLED_BY: readonly SettledBy[] = ["attempt", "late", "probe", "operator"];
const KEPT: readonly StoredValue["kept"][] = ["none", "value", "hash", "too_large", "not_json", "pruned"];
const ANSWERS: readonly Resolution["answer"][] = ["present", "absent", "unknown"];

export function operationColumns(operation: Operation): Columns {
  const { value } = operation;
  return {
    name: operation.name,
    key: operation.key,
    call_id: operation.callId,
    fingerprint: operation.fingerprint,
    effects: operation.effects,
    state: operation.state,
    fence: operation.fence,
    claimed_fence: operation.fence,
    attempt_fence: operation.attemptFence,
    doubt_fence: operation.doubtFence,
    attempts: operation.attempts,
    probing: operation.probing ? 1 : 0,
    ...ownerColumns(operation.owner),
    lease_until: operation.leaseUntil,
    lease_ms: operation.leaseMs,
    lease_boot: operation.leaseFrom.boot,
    lease_ticks: operation.leaseFrom.ticks,
    effect_within_ms: operation.effectWithinMs,
    ended_at: operation.ended?.at ?? null,
    ended_boot: operation.ended?.boot ?? null,
    ended_ticks: operation.ended?.ticks ?? null,
    lingering: operation.lingering === undefined ? null : JSON.stringify(operation.lingering),
    created_at: operation.createdAt,
    started_at: operation.startedAt ?? null,
    settled_at: operation.settledAt ?? null,
    changed_at: changedAt(operation),
    effect: operation.effect,
    code: operation.code ?? null,
    settled_by: operation.settledBy ?? null,
    value_kept: value.kept,
    value_json: value.kept === "value" ? (value.json ?? null) : null,
    value_bytes: "bytes" in value ? value.bytes : null,
    value_sha256: "sha256" in value ? value.sha256 : null,
    value_reason: value.kept === "not_json" ? value.reason : null,
    details: operation.details ?? null,
    pruned_at: operation.prunedAt ?? null,
  };
}

export function readOperation(row: Row): Operation {
  return {
    name: text(row, "name"),
    key: text(row, "key"),
    callId: text(row, "call_id"),
    fingerprint: text(row, "fingerprint"),
    effects: oneOf(row, "effects", EFFECTS),
    state: oneOf(row, "state", STATES),
    fence: number(row, "fence"),
    attemptFence: number(row, "attempt_fence"),
    doubtFence: number(row, "doubt_fence"),
    attempts: number(row, "attempts"),
    probing: number(row, "probing") === 1,
    owner: readOwner(row),
    leaseUntil: number(row, "lease_until"),
    leaseMs: number(row, "lease_ms"),
    leaseFrom: {
      at: number(row, "lease_until") - number(row, "lease_ms"),
      boot: text(row, "lease_boot"),
      ticks: number(row, "lease_ticks"),
    },
    effectWithinMs: number(row, "effect_within_ms"),
    ended: readEnded(row),
    lingering: readLingering(row),
    createdAt: number(row, "created_at"),
    startedAt: maybeNumber(row, "started_at"),
    settledAt: maybeNumber(row, "settled_at"),
    effect: oneOf(row, "effect", EFFECT),
    code: maybeText(row, "code"),
    settledBy: maybe(row, "settled_by", SETTLED_BY),
    value: readStoredValue(row),
    details: maybeText(row, "details"),
    prunedAt: maybeNumber(row, "pruned_at"),
  };
}

export function attemptColumns(
  target: { readonly name: string; readonly key: string },
  attempt: LedgerAttempt,
): Columns {
  return {
    name: target.name,
    key: target.key,
    fence: attempt.fence,
    call_id: attempt.callId,
    fingerprint: attempt.fingerprint,
    ...ownerColumns(attempt.owner),
    pid: attempt.pid ?? null,
    pid_start: attempt.pidStart ?? null,
    cookie: attempt.cookie ?? null,
    external_ref: attempt.externalRef ?? null,
    requested_by: attempt.requestedBy ?? null,
    started_at: attempt.startedAt,
    late: attempt.late ? 1 : 0,
  };
}

export function readAttempt(row: Row): LedgerAttempt {
  return {
    fence: number(row, "fence"),
    callId: text(row, "call_id"),
    fingerprint: text(row, "fingerprint"),
    owner: readOwner(row),
    pid: maybeNumber(row, "pid"),
    pidStart: maybeText(row, "pid_start"),
    cookie: maybeText(row, "cookie"),
    externalRef: maybeText(row, "external_ref"),
    requestedBy: maybeText(row, "requested_by"),
    startedAt: number(row, "started_at"),
    endedAt: maybeNumber(row, "ended_at"),
    late: number(row, "late") === 1,
    code: maybeText(row, "code"),
    exitCode: maybeNumber(row, "exit_code"),
    signal: maybeText(row, "signal"),
    stderrTail: maybeText(row, "stderr_tail"),
    stdoutBytes: maybeNumber(row, "stdout_bytes"),
    stdoutSha256: maybeText(row, "stdout_sha256"),
    durationMs: maybeNumber(row, "duration_ms"),
    ...optionalEffect(row),
  };
}

export function resolutionColumns(
  target: { readonly name: string; readonly key: string },
  { fence, at, answer, by, why, overrode }: Resolution,
): Columns {
  const { name, key } = target;
  return { name, key, fence, at, answer, answered_by: by, why, overrode: overrode ?? null };
}

export function readResolution(row: Row): Resolution {
  return {
    at: number(row, "at"),
    fence: number(row, "fence"),
    answer: oneOf(row, "answer", ANSWERS),
    by: text(row, "answered_by"),
    why: text(row, "why"),
    ...(row["overrode"] !== null && { overrode: text(row, "overrode") }),
  };
}

function readEnded(row: Row): Instant | undefined {
  const at = maybeNumber(row, "ended_at");
  if (at === undefined) return undefined;
  return { at, boot: text(row, "ended_boot"), ticks: number(row, "ended_ticks") };
}

/** The transitions wrote it; as it is of one piece, no column of it is ever asked for. */
function readLingering(row: Row): Lingering | undefined {
  const json = maybeText(row, "lingering");
  return json === undefined ? undefined : (JSON.parse(json) as Lingering);
}

function readStoredValue(row: Row): StoredValue {
  const kept = oneOf(row, "value_kept", KEPT);
  const [bytes, sha256] = [maybeNumber(row, "value_bytes") ?? 0, maybeText(row, "value_sha256") ?? ""];
  switch (kept) {
    case "value":
      return { kept, json: maybeText(row, "value_json"), bytes, sha256 };
    case "hash":
    case "too_large":
      return { kept, bytes, sha256 };
    case "not_json":
      return { kept, reason: maybeText(row, "value_reason") ?? "" };
    default:
      return { kept };
  }
}

function optionalEffect(row: Row): { effect?: Effect } {
  const effect = maybe(row, "effect", EFFECT);
  return effect === undefined ? {} : { effect };
}
