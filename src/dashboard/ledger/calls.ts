import type { Column, SqlSession } from "../../database/sql.ts";
import { ERROR_CODES } from "../../core/vocabulary.ts";
import { OWNER_LOST } from "../../ledger/operation/state.ts";
import type { CallRow, CallsPage } from "../data.ts";
import { callColumns, type ListMoment, readCall, toCallRow } from "./known-call.ts";
import { conditionsFor, type Conditions } from "./filter.ts";
import type { CallsFilter } from "./source.ts";
import { type Position, positionOf, readPosition, writePosition } from "./position.ts";

export const PAGE = 200;
const MOST_NAMES = 500;

/**
 * Calls of a filter, the newest first. Keys and the journal are two lists, each by an index of its own; a call of both is shown once,
 * where its key is.
 */
export async function listCalls(
  session: SqlSession,
  filter: CallsFilter,
  moment: ListMoment,
): Promise<{ readonly calls: readonly CallRow[]; readonly next?: string | undefined }> {
  const after = filter.before === undefined ? undefined : readPosition(filter.before);
  const { operations, journal } = conditionsFor(filter);
  const columns = callColumns(session.dialect);
  const keyed = await session.all(
    ...selecting(columns, ["operations", "o", "changed_at"], ["journal", "j"], operations, after),
  );
  const journalled = await session.all(
    ...selecting(columns, ["journal", "j", "started_at"], ["operations", "o"], journal, after),
  );
  // Beyond the last row of a list that was cut, the other list's rows are not all that there is.
  const ends = [keyed, journalled].flatMap((rows) => {
    const last = rows.length === PAGE ? rows.at(-1) : undefined;
    return last === undefined ? [] : [{ at: Number(last["at"]), callId: String(last["call_id"]) }];
  });
  const end = ends.toSorted(inOrder)[0];
  const calls = new Map<string, CallRow>();
  for (const row of [...keyed, ...journalled]) {
    const call = toCallRow(readCall(row, moment));
    const position = positionOf(call);
    const isOnPage =
      (after === undefined || inOrder(after, position) < 0) &&
      (end === undefined || inOrder(position, end) <= 0);
    if (isOnPage && fits(call, filter) && !calls.has(call.callId)) calls.set(call.callId, call);
  }
  const sorted = [...calls.values()].toSorted((one, other) => inOrder(positionOf(one), positionOf(other)));
  const shown = sorted.slice(0, PAGE);
  const last = shown.at(-1);
  const next = sorted.length > PAGE && last !== undefined ? positionOf(last) : end;
  return { calls: shown, next: next && writePosition(next) };
}

/** The rows of one table that come next, each with the row of the same call in the other. */
function selecting(
  columns: string,
  [table, alias, at]: readonly [table: string, alias: string, at: string],
  [other, otherAlias]: readonly [table: string, alias: string],
  { where, values }: Conditions,
  after: Position | undefined,
): [text: string, values: Column[]] {
  // The first comparison is the one that an index can begin at.
  const beyond = `${at} <= ? AND (${at} < ? OR call_id > ?)`;
  const all = after === undefined ? where : [...where, beyond];
  const condition = all.length === 0 ? "" : `WHERE ${all.join(" AND ")}`;
  return [
    `SELECT ${alias}.${at} AS at, ${columns}
     FROM (SELECT * FROM ${table} ${condition} ORDER BY ${at} DESC, call_id LIMIT ${PAGE}) AS ${alias}
     LEFT JOIN ${other} AS ${otherAlias} ON ${otherAlias}.call_id = ${alias}.call_id ORDER BY 1 DESC, ${alias}.call_id`,
    [...values, ...(after === undefined ? [] : [after.at, after.at, after.callId])],
  ];
}

/** A call of both lists may be in one of them for what it was before. */
const fits = ({ outcome, code }: CallRow, filter: CallsFilter) =>
  (filter.outcome === undefined || filter.outcome === outcome) &&
  (filter.code === undefined || filter.code === code);

/** The order of the list: the newest first. */
const inOrder = (one: Position, other: Position) =>
  other.at - one.at || (one.callId < other.callId ? -1 : Number(one.callId > other.callId));

/** @throws RefusedRequest `bad_request` */
export async function pageOfCalls(
  session: SqlSession,
  filter: CallsFilter,
  moment: ListMoment,
): Promise<CallsPage> {
  return {
    ...(await listCalls(session, filter, moment)),
    names: await namesOf(session),
    codes: [...ERROR_CODES, OWNER_LOST].toSorted(),
  };
}

/** By leaps over an index, from each name to the next: `DISTINCT` would read every row. */
const leaps = (table: string) => `WITH RECURSIVE names (name) AS (
   SELECT min(name) FROM ${table}
   UNION ALL SELECT (SELECT min(t.name) FROM ${table} AS t WHERE t.name > names.name) FROM names WHERE names.name IS NOT NULL)
 SELECT name FROM names WHERE name IS NOT NULL LIMIT ?`;

async function namesOf(session: SqlSession): Promise<readonly string[]> {
  const found = [
    ...(await session.all(leaps("operations"), [MOST_NAMES])),
    ...(await session.all(leaps("journal"), [MOST_NAMES])),
  ];
  return [...new Set(found.map(({ name }) => String(name)))].toSorted().slice(0, MOST_NAMES);
}
