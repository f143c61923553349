import { maybeText, number, type Row, text } from "../ledger/columns.ts";
import type { Placeholder, Query } from "../ledger/sql.ts";
import type { Seen, Sighting, Streak } from "./sight.ts";

/** Every statement of a dedupe gate in a database, as pure functions. `p` writes the placeholder of the nth parameter. */
export function selectContent(p: Placeholder): string {
  return `SELECT * FROM contents WHERE scope = ${p(1)} AND sha256 = ${p(2)}`;
}

export function selectStreak(p: Placeholder): string {
  return `SELECT * FROM content_streaks WHERE scope = ${p(1)}`;
}

export function readSeen(row: Row | undefined): Seen | undefined {
  if (row === undefined) return undefined;
  return {
    bytes: number(row, "bytes"),
    callId: maybeText(row, "call_id"),
    firstAt: number(row, "first_at"),
    lastAt: number(row, "last_at"),
    times: number(row, "times"),
  };
}

export function readStreak(row: Row | undefined): Streak | undefined {
  return row && { sha256: text(row, "sha256"), streak: number(row, "streak") };
}

/** The writes that take a scope from what it knew to what it knows now. */
export function changes(
  { scope, sha256 }: { readonly scope: string; readonly sha256: string },
  was: Sighting,
  is: Sighting,
  p: Placeholder,
): readonly Query[] {
  const queries: Query[] = [];
  if (is.seen !== was.seen) {
    queries.push({
      text: `DELETE FROM contents WHERE scope = ${p(1)} AND sha256 = ${p(2)}`,
      values: [scope, sha256],
    });
    if (is.seen !== undefined) queries.push(insertContent(scope, sha256, is.seen, p));
  }
  if (is.last !== was.last) {
    queries.push({ text: `DELETE FROM content_streaks WHERE scope = ${p(1)}`, values: [scope] });
    if (is.last !== undefined) {
      queries.push({
        text: `INSERT INTO content_streaks (scope, sha256, streak) VALUES (${p(1)}, ${p(2)}, ${p(3)})`,
        values: [scope, is.last.sha256, is.last.streak],
      });
    }
  }
  return queries;
}

function insertContent(scope: string, sha256: string, seen: Seen, p: Placeholder): Query {
  const marks = Array.from({ length: 7 }, (_, index) => p(index + 1)).join(", ");
  return {
    text: `INSERT INTO contents (scope, sha256, bytes, call_id, first_at, last_at, times) VALUES (${marks})`,
    values: [scope, sha256, seen.bytes, seen.callId ?? null, seen.firstAt, seen.lastAt, seen.times],
  };
}
