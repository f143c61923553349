import type { Column, SqlSession } from "../../database/sql.ts";
import { ERROR_CODES } from "../../core/vocabulary.ts";
import { OWNER_LOST } from "../../ledger/operation/state.ts";
import type { CallRow, CallsPage } from "../data.ts";
import type { CallsFilter } from "./source.ts";
import { RefusedRequest } from "../refused-request.ts";
import { callOfOperation, OPERATION_COLUMNS } from "./operation-row.ts";

export const PAGE = 200;
const MOST_NAMES = 500;

/** The states of an operation that are an outcome; none for an outcome that only the journal knows. */
const STATES: Readonly<Record<string, string>> = {
  running: "state IN ('reserved', 'started')",
  executed: "state = 'succeeded' AND settled_by = 'attempt'",
  recovered: "state = 'succeeded' AND settled_by <> 'attempt'",
  failed: "state = 'failed'",
  in_doubt: "state = 'in_doubt'",
};

/** The newest calls, or those of a filter; the last change first. */
export async function listCalls(session: SqlSession, filter: CallsFilter = {}): Promise<readonly CallRow[]> {
  const { name, outcome, code, before } = filter;
  const where: string[] = [];
  const values: Column[] = [];
  const add = (condition: string, ...of: readonly Column[]) => {
    where.push(condition);
    values.push(...of);
  };
  if (name !== undefined) add("name = ?", name);
  if (code !== undefined) add("code = ?", code);
  if (outcome !== undefined) add(STATES[outcome] ?? "1 = 0");
  if (before !== undefined) {
    const { at, callId } = readCursor(before);
    add("changed_at <= ? AND (changed_at < ? OR call_id > ?)", at, at, callId);
  }
  const condition = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
  const rows = await session.all(
    `SELECT ${OPERATION_COLUMNS} FROM operations ${condition} ORDER BY changed_at DESC, call_id LIMIT ?`,
    [...values, PAGE],
  );
  return rows.map(callOfOperation);
}

/** @throws RefusedRequest `bad_request` */
export async function pageOfCalls(session: SqlSession, filter: CallsFilter): Promise<CallsPage> {
  const calls = await listCalls(session, filter);
  const last = calls.length === PAGE ? calls.at(-1) : undefined;
  return {
    calls,
    next: last && cursorOf(last),
    names: await namesOf(session),
    codes: [...ERROR_CODES, OWNER_LOST].toSorted(),
  };
}

/** By leaps over the index, from each name to the next: `DISTINCT` would read every row. */
async function namesOf(session: SqlSession): Promise<readonly string[]> {
  const rows = await session.all(
    `WITH RECURSIVE names (name) AS (
       SELECT min(name) FROM operations
       UNION ALL SELECT (SELECT min(o.name) FROM operations o WHERE o.name > names.name) FROM names WHERE names.name IS NOT NULL)
     SELECT name FROM names WHERE name IS NOT NULL LIMIT ?`,
    [MOST_NAMES],
  );
  return rows.map(({ name }) => String(name));
}

const cursorOf = ({ changedAt, callId }: CallRow) => `${changedAt} ${callId}`;

function readCursor(text: string): { readonly at: number; readonly callId: string } {
  const [, at, callId] = /^(\d{1,16}) (.+)$/s.exec(text) ?? [];
  if (at === undefined || callId === undefined)
    throw new RefusedRequest("bad_request", '"before" is not the "next" of a page.');
  return { at: Number(at), callId };
}
