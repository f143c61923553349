import type { Columns, Query, SqlWording } from "../../database/sql.ts";
import type { Target } from "../store/backend.ts";
import type { LogEntry } from "../operation/events.ts";
import { Parameters } from "./parameters.ts";
import * as rows from "../store/rows.ts";
import * as sql from "../store/sql.ts";

/** How far the time of a decision may be ahead of the database's clock when its write arrives, in milliseconds. */
const EARLIEST_MS = 250;

/**
 * How late a write may arrive, in milliseconds: more with each refusal, or a server that takes a second for each statement would refuse
 * them all. Late is harmless, for two reasons. The version says that nothing has changed since the decision. And a call counts its lease
 * from before it decides, so it stops in time although the lease is over so much earlier.
 */
const LATEST_MS = [250, 1000, 4000] as const;

const msOf = (clock: string) => `floor(extract(epoch FROM ${clock}) * 1000)::bigint`;

/** What each answer says of the database: its clock when it received the statement, and how commits reach the disk. */
export const DATABASE_FACTS = `${msOf("statement_timestamp()")} AS received_at, current_setting('synchronous_commit') AS durability`;

/** The highest fence of what was forgotten: a new row's is above it. */
export function floorOf(table: SqlWording["table"]): string {
  return `(SELECT fence_floor FROM ${table("ledger")}) AS floor`;
}

/** A row as one field: a driver takes longer over 45 of them. */
export function asJson(field: string, from: string): string {
  return `(SELECT row_to_json(r) FROM ${from}) AS ${field}`;
}

/** Under what conditions the database takes a write. */
export interface Guard {
  /** When it was decided, on the database's clock; `undefined` where a test's clock decides. */
  readonly decidedAt: number | undefined;
  /** How often the database has refused this decision before. */
  readonly refusals: number;
  readonly allowAsynchronousCommit: boolean;
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

/** A decision on one row, to be written in one statement. */
export interface Write {
  readonly target: Target;
  /** The version that was read; `undefined`: there is no row. */
  readonly was: string | undefined;
  readonly version: string;
  /** All columns of a new row, the changed ones of another. */
  readonly columns: Columns;
  readonly log: readonly LogEntry[];
  /** Of the decision on a new row: its fence is above this. */
  readonly fenceFloor: number;
  /** Tells those who wait for the end of the operation. */
  readonly notify: Notification | undefined;
}

export function selectVersioned({ name, key }: Target, table: SqlWording["table"]): Query {
  const row = asJson("operation", `${table("operations")} r WHERE r.name = $1 AND r.key = $2`);
  return { text: `SELECT ${DATABASE_FACTS}, ${floorOf(table)}, ${row}`, values: [name, key] };
}

/** The conditions of a write. They are looked at when the statement runs, and again when it had to wait for another one's change. */
export function guardOf({ decidedAt, refusals, allowAsynchronousCommit }: Guard, p: Parameters): string {
  const latestMs = LATEST_MS[Math.min(refusals, LATEST_MS.length - 1)];
  return [
    ...(decidedAt === undefined
      ? []
      : [`${msOf("clock_timestamp()")} - ${p.mark(decidedAt)} BETWEEN -${EARLIEST_MS} AND ${latestMs}`]),
    ...(allowAsynchronousCommit ? [] : ["current_setting('synchronous_commit') <> 'off'"]),
    "true",
  ].join(" AND ");
}

/**
 * One statement that changes the row if it is as it was read, and only then adds to its history. Its answer has `written`. A refused
 * insertion answers with the row that is there; a refused update, which is rare, with no row at all: each part of an answer costs time
 * although it is not needed.
 */
export function writeOperation(write: Write, guard: Guard, table: SqlWording["table"]): Query {
  const p = new Parameters(table);
  const change = write.was === undefined ? insertion(write, guard, p) : update(write, write.was, guard, p);
  const logs = write.log.map((entry, index) => `, log${index} AS (${append(write.target, entry, p)})`);
  const answer =
    write.was === undefined ? whetherInserted(write, p) : ["1 AS written", ...notification(write, p)];
  const starts = write.log.some(({ kind }) => kind === "attempt_started");
  const returned = starts ? ["awaited", OWN_COLUMNS] : ["awaited"];
  const source = write.was === undefined ? "" : " FROM written";
  return {
    text: `WITH written AS (${change} RETURNING ${returned.join(", ")})${logs.join("")}
      SELECT ${[DATABASE_FACTS, ...answer].join(", ")}${source}`,
    values: p.values,
  };
}

function whetherInserted({ target: { name, key } }: Write, p: Parameters): string[] {
  const isThere = `r.name = ${p.mark(name)} AND r.key = ${p.mark(key)} AND NOT EXISTS (SELECT FROM written)`;
  return [
    "(SELECT count(*) FROM written) AS written",
    asJson("operation", `${p.table("operations")} r WHERE ${isThere}`),
    floorOf(p.table),
  ];
}

/** Sent with the commit, and only for a row that is waited for: a notification takes a lock of the whole cluster. */
function notification({ notify }: Write, p: Parameters): string[] {
  if (notify === undefined) return [];
  const send = `pg_notify(${p.mark(notify.channel)}, ${p.mark(notify.payload)})`;
  return [`CASE WHEN awaited = 1 THEN ${send}::text END AS told`];
}

/** What an attempt has of its operation. */
const OWN_COLUMNS =
  "name, key, fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, started_at";
const OWN = new Set(OWN_COLUMNS.split(", "));

/** Marks an operation that is held as waited for. Its answer has `held`: whether it is. */
export function awaitEnd({ name, key }: Target, table: SqlWording["table"]): Query {
  const which = "name = $1 AND key = $2 AND (state IN ('reserved', 'started') OR probing = 1)";
  const operations = table("operations");
  return {
    text: `WITH marked AS (UPDATE ${operations} SET awaited = 1 WHERE ${which} AND awaited = 0)
      SELECT count(*) AS held FROM ${operations} WHERE ${which}`,
    values: [name, key],
  };
}

/** Names an operation among all of a ledger. */

/**
 * A row's fence is above that of every row of its key that was forgotten. Of that the statement's snapshot decides; `raiseFenceFloor` says why
 * that is enough.
 */
function insertion({ columns, version, fenceFloor }: Write, guard: Guard, p: Parameters): string {
  const floor = `(SELECT fence_floor FROM ${p.table("ledger")}) = ${p.mark(fenceFloor)}`;
  return `${p.insert("operations", { ...columns, version }, `WHERE ${floor} AND ${guardOf(guard, p)}`)} ON CONFLICT DO NOTHING`;
}

function update({ target, columns, version }: Write, was: string, guard: Guard, p: Parameters): string {
  const sets = Object.entries({ ...columns, version }).map(
    ([column, value]) => `${column} = ${p.mark(value)}`,
  );
  return `UPDATE ${p.table("operations")} SET ${sets.join(", ")}
    WHERE name = ${p.mark(target.name)} AND key = ${p.mark(target.key)} AND version = ${p.mark(was)} AND ${guardOf(guard, p)}`;
}

const IF_WRITTEN = "AND EXISTS (SELECT FROM written)";

function append(target: Target, entry: LogEntry, p: Parameters): string {
  const which = [target.name, target.key] as const;
  switch (entry.kind) {
    case "attempt_started": {
      const columns = Object.entries(rows.attemptColumns(target, entry.attempt));
      const rest = Object.fromEntries(columns.filter(([name]) => !OWN.has(name)));
      return p.insert("attempts", rest, "FROM written", OWN_COLUMNS);
    }
    case "attempt_ended": {
      const values = [...sql.endValues(entry.end, entry.at), ...which, entry.fence];
      return `${p.part(sql.endAttempt, values)} ${IF_WRITTEN}`;
    }
    case "attempt_noted": {
      const values = [...sql.noteValues(entry.note), ...which, entry.fence];
      return `${p.part(sql.noteAttempt, values)} ${IF_WRITTEN}`;
    }
    case "late_result": {
      const values = [...sql.endValues(entry.end, entry.at), ...which, entry.fence];
      return `${p.part(sql.insertLate, values)} ${IF_WRITTEN}`;
    }
    case "resolution":
      return p.insert("resolutions", rows.resolutionColumns(target, entry.resolution), "FROM written");
    default:
      return entry satisfies never;
  }
}
