import { maybeNumber, maybeText, number, type Row, text } from "../../database/columns.ts";
import type { CallOutcome, CallRow } from "../data.ts";

/** What a list shows of an operation. Values and details may be megabytes, and stay in the database. */
export const OPERATION_COLUMNS =
  "name, key, call_id, state, settled_by, code, attempts, created_at, started_at, settled_at, changed_at";

/** An operation as a row of the list of calls. */
export function callOfOperation(row: Row): CallRow {
  const startedAt = maybeNumber(row, "started_at") ?? number(row, "created_at");
  const settledAt = maybeNumber(row, "settled_at");
  return {
    callId: text(row, "call_id"),
    name: text(row, "name"),
    key: text(row, "key"),
    outcome: outcomeOf(text(row, "state"), maybeText(row, "settled_by")),
    code: maybeText(row, "code"),
    startedAt,
    changedAt: number(row, "changed_at"),
    durationMs: settledAt === undefined ? undefined : Math.max(0, settledAt - startedAt),
    attempts: number(row, "attempts"),
  };
}

/** A success that no attempt reported, but a probe, an operator or a late result, is `recovered`. */
function outcomeOf(state: string, settledBy: string | undefined): CallOutcome {
  if (state === "succeeded") return settledBy === "attempt" ? "executed" : "recovered";
  return state === "failed" || state === "in_doubt" ? state : "running";
}
