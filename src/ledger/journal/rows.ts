import { maybe, maybeNumber, maybeText, number, type Row, text } from "../../database/columns.ts";
import type { Columns } from "../../database/sql.ts";
import type { Outcome } from "../../core/vocabulary.ts";
import { ownerColumns, readOwner } from "../owner/columns.ts";
import type { JournalEntry } from "./entry.ts";

const OUTCOMES: readonly Outcome[] = [
  "executed",
  "replayed",
  "recovered",
  "failed",
  "in_doubt",
  "in_progress",
];

/** What no list is filtered by: one column, as JSON. */
type More = Pick<
  JournalEntry,
  | "callee"
  | "requestedBy"
  | "attempt"
  | "waiting"
  | "effect"
  | "durationMs"
  | "attempts"
  | "stderrTail"
  | "evidence"
>;

/** What the row of a call says from its start to its end. */
export function startColumns(entry: JournalEntry): Columns {
  return {
    call_id: entry.callId,
    name: entry.name,
    key: entry.key ?? null,
    ...ownerColumns(entry.owner),
    started_at: entry.startedAt,
    limit_ms: entry.limitMs,
  };
}

/** What changes while the call runs, and when it ends. */
export function progressColumns(entry: JournalEntry): Columns {
  const { callee, requestedBy, attempt, waiting, effect, durationMs, attempts, stderrTail, evidence } = entry;
  const more: More = {
    callee,
    requestedBy,
    attempt,
    waiting,
    effect,
    durationMs,
    attempts,
    stderrTail,
    evidence,
  };
  return {
    resource: entry.resource ?? null,
    ended_at: entry.endedAt ?? null,
    outcome: entry.outcome ?? null,
    code: entry.code ?? null,
    cost_usd: entry.costUsd ?? null,
    more: JSON.stringify(more),
  };
}

export function readEntry(row: Row): JournalEntry {
  return {
    callId: text(row, "call_id"),
    name: text(row, "name"),
    key: maybeText(row, "key"),
    resource: maybeText(row, "resource"),
    owner: readOwner(row),
    startedAt: number(row, "started_at"),
    limitMs: number(row, "limit_ms"),
    endedAt: maybeNumber(row, "ended_at"),
    outcome: maybe(row, "outcome", OUTCOMES),
    code: maybeText(row, "code"),
    costUsd: maybeNumber(row, "cost_usd"),
    ...(JSON.parse(text(row, "more")) as More),
  };
}
