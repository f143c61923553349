import { maybeText, number, type Row, text } from "../../database/columns.ts";
import type { SqlSession } from "../../database/sql.ts";
import type { DoubtfulCall, Overview } from "../data.ts";

const MOST = 100;

/** The calls that are in doubt, the longest first. */
export async function doubtful(session: SqlSession): Promise<Pick<Overview, "inDoubt" | "inDoubtCount">> {
  // `state <> 'succeeded'` is the condition of the index, or SQLite does not use it.
  const open = "FROM operations WHERE state = 'in_doubt' AND state <> 'succeeded'";
  const rows = await session.all(
    `SELECT name, key, call_id, effects, code, attempts, probing, changed_at ${open} ORDER BY changed_at, name, key LIMIT ?`,
    [MOST],
  );
  const all =
    rows.length < MOST ? rows.length : Number((await session.get(`SELECT count(*) AS n ${open}`, []))?.["n"]);
  return { inDoubt: rows.map(toDoubtful), inDoubtCount: all };
}

function toDoubtful(row: Row): DoubtfulCall {
  return {
    callId: text(row, "call_id"),
    name: text(row, "name"),
    key: text(row, "key"),
    effects: text(row, "effects"),
    code: maybeText(row, "code"),
    since: number(row, "changed_at"),
    attempts: number(row, "attempts"),
    probing: number(row, "probing") === 1,
  };
}
