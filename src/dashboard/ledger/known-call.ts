import { maybeNumber, maybeText, number, type Row, text } from "../../database/columns.ts";
import type { Dialect } from "../../database/sql.ts";
import { stateOf } from "../../journal/state.ts";
import type { Liveness, Owner } from "../../ledger/owner/owner.ts";
import { readOwner } from "../../ledger/owner/columns.ts";
import type { CallOutcome, CallRow } from "../data.ts";

/** Details above it are not read for a list: a cost is in them, but so may be an answer. */
const MOST_DETAILS_BYTES = 4096;

/**
 * What a list needs of the JSON in `journal.more`, which also holds attempts and the end of stderr. In the order of `Facts`. A row that is
 * no JSON has none: one damaged row must not hide all others.
 */
const FACTS: Readonly<Record<Dialect, string>> = {
  sqlite:
    "CASE WHEN json_valid(j.more) THEN json_extract(j.more, '$.callee', '$.requestedBy', '$.attempt', '$.waiting', '$.durationMs') END",
  postgres: `(SELECT CAST(jsonb_build_array(m -> 'callee', m -> 'requestedBy', m -> 'attempt', m -> 'waiting', m -> 'durationMs') AS text)
    FROM ledger_json(j.more) AS m)`,
};

type Facts = readonly [
  callee: string | null,
  requestedBy: string | null,
  attempt: number | null,
  waiting: boolean | null,
  durationMs: number | null,
];

const OWNER = ["host", "boot_id", "pid_space", "pid", "pid_start", "id"]
  .map((part) => `coalesce(j.owner_${part}, o.owner_${part}) AS owner_${part}`)
  .join(", ");

/** Columns for `readCall`, of an operation `o`, a row of the journal `j`, or both of one call. */
export const callColumns = (dialect: Dialect): string => `
  coalesce(o.call_id, j.call_id) AS call_id, coalesce(o.name, j.name) AS name, coalesce(o.key, j.key) AS key, ${OWNER},
  o.state, o.settled_by, o.code AS operation_code, o.attempts AS operation_attempts, o.created_at, o.started_at AS operation_started_at,
  o.settled_at, o.changed_at, o.lease_until,
  CASE WHEN j.call_id IS NULL AND octet_length(o.details) <= ${MOST_DETAILS_BYTES} THEN o.details END AS details,
  j.call_id AS journalled, j.resource, j.started_at, j.limit_ms, j.ended_at, j.outcome, j.code, j.cost_usd, ${FACTS[dialect]} AS facts`;

/** A call as it is known now: of its key by the ledger, beside that by the journal. */
export interface KnownCall extends CallRow {
  readonly limitMs?: number | undefined;
  readonly owner: Owner;
}

/** When a list is read, and which processes live then. */
export interface ListMoment {
  readonly now: number;
  readonly liveness: (owner: Owner) => Liveness;
}

/** @param row of `callColumns` */
export function readCall(row: Row, moment: ListMoment): KnownCall {
  const owner = readOwner(row);
  const facts = maybeText(row, "facts");
  const [callee, requestedBy, attempt, waiting, durationMs] =
    row["journalled"] === null || facts === undefined ? [] : (JSON.parse(facts) as Facts);
  const journalled = {
    callee: callee ?? undefined,
    resource: maybeText(row, "resource"),
    requestedBy: requestedBy ?? undefined,
    limitMs: maybeNumber(row, "limit_ms"),
    owner,
  };
  const known = { callId: text(row, "call_id"), name: text(row, "name"), key: maybeText(row, "key") };
  const isWaiting = waiting === true;
  if (row["state"] !== null) {
    const startedAt =
      maybeNumber(row, "started_at") ?? maybeNumber(row, "operation_started_at") ?? number(row, "created_at");
    const settledAt = maybeNumber(row, "settled_at");
    return {
      ...known,
      ...journalled,
      outcome: outcomeOfKey(row, owner, isWaiting, moment),
      code: maybeText(row, "operation_code"),
      startedAt,
      changedAt: number(row, "changed_at"),
      durationMs: durationMs ?? (settledAt === undefined ? undefined : Math.max(0, settledAt - startedAt)),
      attempts: Math.max(attempt ?? 0, number(row, "operation_attempts")),
      costUsd: maybeNumber(row, "cost_usd") ?? costIn(maybeText(row, "details")),
    };
  }
  const startedAt = number(row, "started_at");
  const endedAt = maybeNumber(row, "ended_at");
  const state = stateOf(
    {
      outcome: maybeText(row, "outcome") as Parameters<typeof stateOf>[0]["outcome"],
      ownerAlive: endedAt === undefined ? moment.liveness(owner) : undefined,
      startedAt,
      limitMs: number(row, "limit_ms"),
      waiting: isWaiting,
    },
    moment.now,
  );
  return {
    ...known,
    ...journalled,
    outcome: state === "succeeded" ? "executed" : state,
    code: maybeText(row, "code"),
    startedAt,
    changedAt: startedAt,
    durationMs: durationMs ?? (endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt)),
    attempts: attempt ?? 0,
    costUsd: maybeNumber(row, "cost_usd"),
  };
}

/** A success that no attempt reported, but a probe, an operator or a late result, is `recovered`. */
function outcomeOfKey(
  row: Row,
  owner: Owner,
  isWaiting: boolean,
  { now, liveness }: ListMoment,
): CallOutcome {
  const state = text(row, "state");
  if (state === "succeeded") return row["settled_by"] === "attempt" ? "executed" : "recovered";
  if (state === "failed" || state === "in_doubt") return state;
  const alive = liveness(owner);
  // Of a process on another host only the lease tells.
  if (alive === "dead" || (alive === "unknown" && now > number(row, "lease_until"))) return "lost";
  return isWaiting ? "waiting" : "running";
}

/** `details` may be any text of a caller's. */
function costIn(details: string | undefined): number | undefined {
  if (!details?.includes('"costUsd"')) return undefined;
  try {
    const { costUsd } = JSON.parse(details) as { readonly costUsd?: unknown };
    return typeof costUsd === "number" ? costUsd : undefined;
  } catch {
    return undefined;
  }
}

/** Without what a list does not show. */
export function toCallRow({ owner: _owner, limitMs: _limitMs, ...row }: KnownCall): CallRow {
  return row;
}
