import { maybeNumber, maybeText, type Row, text } from "../../database/columns.ts";
import type { SqlSession } from "../../database/sql.ts";
import { readEntry } from "../../ledger/journal/rows.ts";
import { readResolution } from "../../ledger/store/rows.ts";
import type { AttemptRow, CallDetail, Tails } from "../data.ts";
import { RefusedRequest } from "../refused-request.ts";
import { attemptOfLedger, attemptsOfJournal, attemptRows } from "./attempts.ts";
import { callColumns, type ListMoment, readCall, toCallRow } from "./known-call.ts";

const MOST_RESOLUTIONS = 200;
/** Evidence is a few facts; what is larger is not for a page. */
const MOST_DETAILS_BYTES = 256 * 1024;

/** @throws RefusedRequest `not_found` */
export async function detailOf(session: SqlSession, callId: string, moment: ListMoment): Promise<CallDetail> {
  const found = await find(session, callId);
  const record = readCall(found.call, moment);
  const { key, entry } = found;
  const attempts = key === undefined ? [] : await attemptRows(session, key, "NULL");
  const told = entry?.attempts === undefined ? [] : attemptsOfJournal(callId, entry.attempts);
  const rows: readonly AttemptRow[] =
    attempts.length > 0 ? withCosts(attempts.map(attemptOfLedger), told) : told;
  const details = key === undefined ? undefined : maybeText(key, "details");
  return {
    call: toCallRow(record),
    effect: entry?.effect ?? (key && text(key, "effect")),
    effects: key && text(key, "effects"),
    limitMs: record.limitMs,
    host: record.owner.host,
    pid: record.owner.pid,
    attempts: rows,
    resolutions: key === undefined ? [] : await resolutionsOf(session, key),
    evidence: evidenceIn(details) ?? parsed(entry?.evidence),
    value: key && { kept: text(key, "value_kept"), bytes: maybeNumber(key, "value_bytes") },
    hasTails: Boolean(entry?.stderrTail) || attempts.some((row) => row["has_tail"] === 1),
  };
}

/** @throws RefusedRequest `not_found` */
export async function tailsOf(session: SqlSession, callId: string): Promise<Tails> {
  const { key, entry } = await find(session, callId);
  const rows = key === undefined ? [] : await attemptRows(session, key, "stderr_tail");
  const tails = rows.flatMap((row, index) => {
    const tail = maybeText(row, "stderr_tail");
    return tail ? [{ attempt: index + 1, text: tail }] : [];
  });
  // What the journal keeps of a call with a key is the end of its last attempt again.
  return { tails: tails.length === 0 && entry?.stderrTail ? [{ text: entry.stderrTail }] : tails };
}

interface Found {
  /** Columns for `readCall`. */
  readonly call: Row;
  /** The operation of its key, if it has one: also where the key belongs to a later call by now. */
  readonly key: Row | undefined;
  readonly entry: ReturnType<typeof readEntry> | undefined;
}

/** @throws RefusedRequest `not_found` */
async function find(session: SqlSession, callId: string): Promise<Found> {
  const journalled = await session.get("SELECT * FROM journal WHERE call_id = ?", [callId]);
  const entry = journalled && readEntry(journalled);
  const key =
    (await operation(session, "call_id = ?", callId)) ??
    (await operation(session, "(name, key) IN (SELECT name, key FROM attempts WHERE call_id = ?)", callId)) ??
    (entry?.key === undefined
      ? undefined
      : await operation(session, "name = ? AND key = ?", entry.name, entry.key));
  const [from, join] =
    journalled !== undefined && key?.["call_id"] !== callId
      ? ["journal AS j", "operations AS o ON o.call_id = j.call_id WHERE j.call_id = ?"]
      : ["operations AS o", "journal AS j ON j.call_id = o.call_id WHERE o.name = ? AND o.key = ?"];
  const target = from.startsWith("journal") ? [callId] : key && [text(key, "name"), text(key, "key")];
  const call =
    target &&
    (await session.get(`SELECT ${callColumns(session.dialect)} FROM ${from} LEFT JOIN ${join}`, target));
  if (call === undefined)
    throw new RefusedRequest("not_found", "The ledger knows no call with this id. It may have been pruned.");
  return { call, key, entry };
}

const operation = async (session: SqlSession, condition: string, ...values: readonly string[]) =>
  await session.get(
    `SELECT name, key, call_id, effect, effects, value_kept, value_bytes,
       CASE WHEN octet_length(details) <= ${MOST_DETAILS_BYTES} THEN details END AS details
     FROM operations WHERE ${condition} ORDER BY changed_at DESC LIMIT 1`,
    values,
  );

async function resolutionsOf(session: SqlSession, key: Row) {
  const rows = await session.all(
    "SELECT * FROM resolutions WHERE name = ? AND key = ? ORDER BY id DESC LIMIT ?",
    [text(key, "name"), text(key, "key"), MOST_RESOLUTIONS],
  );
  return rows.map(readResolution).toReversed();
}

/** What an attempt cost and said, only the journal knows. Its attempts are those of one call, so they are found by their time. */
function withCosts(attempts: readonly AttemptRow[], told: readonly AttemptRow[]): readonly AttemptRow[] {
  const mine = attempts.filter(({ late }) => !late).slice(-told.length);
  const facts = new Map(told.map((one, index) => [mine.at(index - told.length), one]));
  return attempts.map((attempt) => {
    const { costUsd, message } = facts.get(attempt) ?? {};
    return { ...attempt, costUsd, message };
  });
}

/** `details` may be any text of a caller's. */
function evidenceIn(details: string | undefined): unknown {
  const value = parsed(details);
  return typeof value === "object" && value !== null && "evidence" in value ? value.evidence : undefined;
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as unknown);
  } catch {
    return undefined;
  }
}
