import type { Column, Query, SqlWording } from "../../database/sql.ts";
import type { JournalSearch } from "./entry.ts";

/** The end of an insertion of calls that may be there: an end is never taken back by what was written before it. */
export function onConflict(progress: readonly string[], p: SqlWording): string {
  const sets = progress.map((column) => `${column} = excluded.${column}`);
  return `ON CONFLICT (call_id) DO UPDATE SET ${sets.join(", ")}
    WHERE ${p.table("journal")}.ended_at IS NULL OR excluded.ended_at IS NOT NULL`;
}

export function selectJournal(search: JournalSearch, p: SqlWording): Query {
  const { state, callId, name, outcome, code, startedBefore, after, limit } = search;
  const values: Column[] = [];
  const mark = (value: Column) => p(values.push(value));
  const where: string[] = [];
  const add = (column: string, value: Column | undefined) => {
    if (value !== undefined) where.push(`${column} ${mark(value)}`);
  };
  add("call_id =", callId);
  add("name =", name);
  add("code =", code);
  add("outcome =", outcome);
  // Word for word the condition of an index, or SQLite does not use it.
  if (outcome !== undefined && outcome !== "executed") where.push("outcome <> 'executed'");
  if (state !== undefined) where.push(`ended_at IS ${state === "running" ? "NULL" : "NOT NULL"}`);
  add("started_at <=", startedBefore);
  if (after !== undefined) {
    // The first comparison is the one that an index can begin at.
    where.push(
      `started_at <= ${mark(after.startedAt)} AND (started_at < ${mark(after.startedAt)} OR call_id > ${mark(after.callId)})`,
    );
  }
  const condition = where.length > 0 ? `WHERE ${where.join(" AND ")} ` : "";
  return {
    text: `SELECT * FROM ${p.table("journal")} ${condition}ORDER BY started_at DESC, call_id LIMIT ${mark(limit)}`,
    values,
  };
}

/** Forgets some calls that ended long ago, oldest first. Values: twice the instant, as no call ends before it starts. */
export function deleteEnded(p: SqlWording): string {
  const journal = p.table("journal");
  return `DELETE FROM ${journal} WHERE call_id IN (
    SELECT call_id FROM ${journal} WHERE started_at <= ${p(1)} AND ended_at <= ${p(2)} ORDER BY started_at LIMIT 50)`;
}

/** Forgets a call that never said how it ended. */
export function deleteLost(p: SqlWording): string {
  return `DELETE FROM ${p.table("journal")} WHERE call_id = ${p(1)} AND ended_at IS NULL`;
}
