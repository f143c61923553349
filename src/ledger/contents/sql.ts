import { maybeText, number, type Row, text } from "../../database/columns.ts";
import type { Owner } from "../owner/owner.ts";
import { insert, type Columns, type SqlWording, type Query } from "../../database/sql.ts";
import type { ContentRef, Contents, Reservation, ContentRecord, Streak } from "./contents.ts";
import type { Runner } from "./contents.ts";

/** Every statement of a dedupe gate in a database, as pure functions. `p` writes the placeholder of the nth parameter. */
export function selectContent(p: SqlWording): string {
  return `SELECT * FROM ${p.table("contents")} WHERE scope = ${p(1)} AND sha256 = ${p(2)}`;
}

export function selectReservation(p: SqlWording): string {
  return `SELECT * FROM ${p.table("content_reservations")} WHERE scope = ${p(1)} AND sha256 = ${p(2)}`;
}

export function selectStreak(p: SqlWording): string {
  return `SELECT * FROM ${p.table("content_streaks")} WHERE scope = ${p(1)}`;
}

export function readSeen(row: Row | undefined): ContentRecord | undefined {
  if (row === undefined) return undefined;
  return {
    bytes: number(row, "bytes"),
    owner: maybeText(row, "owner"),
    token: maybeText(row, "token"),
    callId: maybeText(row, "call_id"),
    firstAt: number(row, "first_at"),
    lastAt: number(row, "last_at"),
    times: number(row, "times"),
  };
}

export function readReservation(row: Row | undefined): Reservation | undefined {
  if (row === undefined) return undefined;
  const process = maybeText(row, "process");
  const runner = maybeText(row, "runner");
  return {
    bytes: number(row, "bytes"),
    token: text(row, "token"),
    owner: maybeText(row, "owner"),
    callId: maybeText(row, "call_id"),
    process: process === undefined ? undefined : (JSON.parse(process) as Owner),
    runner: runner === undefined ? undefined : (JSON.parse(runner) as Runner),
    endsWithProcess: number(row, "ends_with_process") === 1,
    at: {
      at: number(row, "reserved_at"),
      boot: text(row, "reserved_boot"),
      ticks: number(row, "reserved_ticks"),
    },
    holdMs: number(row, "hold_ms"),
  };
}

export function readStreak(row: Row | undefined): Streak | undefined {
  return row && { sha256: text(row, "sha256"), streak: number(row, "streak") };
}

/** A row of a scope that is to be as `columns` say, or to go. */
export interface ContentChange {
  readonly table: string;
  readonly which: Columns;
  readonly columns: Columns | undefined;
}

/** What takes a scope from what it knew to what it knows now. */
export function changes(
  { scope, sha256 }: ContentRef,
  was: Contents,
  is: Contents,
): readonly ContentChange[] {
  const which = { scope, sha256 };
  const { seen, reserved, last } = is;
  return [
    ...(seen === was.seen ? [] : [{ table: "contents", which, columns: seen && seenColumns(seen) }]),
    ...(reserved === was.reserved
      ? []
      : [{ table: "content_reservations", which, columns: reserved && reservationColumns(reserved) }]),
    ...(last === was.last
      ? []
      : [{ table: "content_streaks", which: { scope }, columns: last && { ...last } }]),
  ];
}

/** The statements of a change, for a transaction. */
export function replace({ table, which, columns }: ContentChange, p: SqlWording): readonly Query[] {
  const where = Object.keys(which).map((name, index) => `${name} = ${p(index + 1)}`);
  const clear = {
    text: `DELETE FROM ${p.table(table)} WHERE ${where.join(" AND ")}`,
    values: Object.values(which),
  };
  return columns === undefined ? [clear] : [clear, insert(table, { ...which, ...columns }, p)];
}

function seenColumns(seen: ContentRecord): Columns {
  return {
    bytes: seen.bytes,
    owner: seen.owner ?? null,
    token: seen.token ?? null,
    call_id: seen.callId ?? null,
    first_at: seen.firstAt,
    last_at: seen.lastAt,
    times: seen.times,
  };
}

function reservationColumns(reserved: Reservation): Columns {
  return {
    bytes: reserved.bytes,
    token: reserved.token,
    owner: reserved.owner ?? null,
    call_id: reserved.callId ?? null,
    process: reserved.process === undefined ? null : JSON.stringify(reserved.process),
    runner: reserved.runner === undefined ? null : JSON.stringify(reserved.runner),
    ends_with_process: reserved.endsWithProcess ? 1 : 0,
    reserved_at: reserved.at.at,
    reserved_boot: reserved.at.boot,
    reserved_ticks: reserved.at.ticks,
    hold_ms: reserved.holdMs,
  };
}
