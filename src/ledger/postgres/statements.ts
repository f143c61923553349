import type { Columns, Query, SqlWording } from "../../database/sql.ts";
import type { Target } from "../store/backend.ts";
import type { LogEntry } from "../operation/events.ts";
import { Parameters } from "./parameters.ts";
import * as rows from "../store/rows.ts";
import * as sql from "../store/sql.ts";

/** How far the time of a decision may be from the database's clock when its write arrives, in milliseconds. */
export const LATEST_MS = 250;

const msOf = (clock: string) => `floor(extract(epoch FROM ${clock}) * 1000)::bigint`;

/** What each answer says of the database: its clock when it received the statement, the fence floor, and how commits reach the disk. */
export function databaseFacts(table: SqlWording["table"]): string {
  return `${msOf("statement_timestamp()")} AS received_at, current_setting('synchronous_commit') AS durability,
    (SELECT fence_floor FROM ${table("ledger")}) AS floor`;
}

/** Under what conditions the database takes a write. */
export interface Guard {
  /** When it was decided, on the database's clock; `undefined` where a test's clock decides. */
  readonly decidedAt: number | undefined;
  readonly allowAsynchronousCommit: boolean;
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
  readonly notify: string | undefined;
}

export function selectVersioned({ name, key }: Target, table: SqlWording["table"]): Query {
  return {
    text: `SELECT ${databaseFacts(table)}, o.* FROM (SELECT 1) AS one
      LEFT JOIN ${table("operations")} o ON o.name = $1 AND o.key = $2`,
    values: [name, key],
  };
}

/** The conditions of a write. Volatile, so they are looked at when the row is changed, also after a wait for its lock. */
export function guardOf({ decidedAt, allowAsynchronousCommit }: Guard, p: Parameters): string {
  return [
    ...(decidedAt === undefined
      ? []
      : [`abs(${msOf("clock_timestamp()")} - ${p.mark(decidedAt)}) <= ${LATEST_MS}`]),
    ...(allowAsynchronousCommit ? [] : ["current_setting('synchronous_commit') <> 'off'"]),
    "true",
  ].join(" AND ");
}

/**
 * One statement that changes the row if it is as it was read, and only then adds to its history. Its answer has `written`, and where
 * that is 0 the row as it is.
 */
export function writeOperation(write: Write, guard: Guard, table: SqlWording["table"]): Query {
  const p = new Parameters(table);
  const { name, key } = write.target;
  const change = write.was === undefined ? insertion(write, guard, p) : update(write, write.was, guard, p);
  const logs = write.log.map((entry, index) => `, log${index} AS (${append(write.target, entry, p)})`);
  const notify =
    write.notify === undefined
      ? ""
      : `, (SELECT count(pg_notify(${p.mark(write.notify)}, ${p.mark(idOf(write.target))})) FROM written WHERE awaited = 1)`;
  return {
    text: `WITH written AS (${change} RETURNING name, awaited)${logs.join("")}
      SELECT ${databaseFacts(table)}, (SELECT count(*) FROM written) AS written${notify}, o.* FROM (SELECT 1) AS one
      LEFT JOIN ${table("operations")} o
        ON o.name = ${p.mark(name)} AND o.key = ${p.mark(key)} AND NOT EXISTS (SELECT FROM written)`,
    values: p.values,
  };
}

/** What names an operation in a notification. */
export function idOf({ name, key }: Target): string {
  return JSON.stringify([name, key]);
}

/**
 * A row's fence is above that of every row of its key that was forgotten. Of that the statement's snapshot decides; `prune` says why that
 * is enough.
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
    case "attempt_started":
      return p.insert("attempts", rows.attemptColumns(target, entry.attempt), "FROM written");
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
