import type { SqlSession } from "../../database/sql.ts";
import { maybeNumber, maybeText, number, type Row, text } from "../../database/columns.ts";
import { readAttempt, readResolution } from "../../ledger/store/rows.ts";
import type { AttemptRow, CallDetail, Tails } from "../data.ts";
import { RefusedRequest } from "../refused-request.ts";
import { callOfOperation, OPERATION_COLUMNS } from "./operation-row.ts";

/** More attempts than that have not been made by a person's definition. The newest are shown. */
const MOST_ATTEMPTS = 200;
/** Evidence is a few facts; what is larger is not for a page. */
const MOST_DETAILS_BYTES = 256 * 1024;

/** @throws RefusedRequest `not_found` */
export async function detailOf(session: SqlSession, callId: string): Promise<CallDetail> {
  const operation = await operationOf(session, callId);
  const target = [text(operation, "name"), text(operation, "key")];
  const attempts = await attemptsOf(session, target);
  const resolutions = await session.all(
    "SELECT * FROM resolutions WHERE name = ? AND key = ? ORDER BY id DESC LIMIT ?",
    [...target, MOST_ATTEMPTS],
  );
  return {
    call: callOfOperation(operation),
    effect: text(operation, "effect"),
    effects: text(operation, "effects"),
    host: text(operation, "owner_host"),
    pid: number(operation, "owner_pid"),
    attempts: attempts.map((row, index) => toAttempt(row, index + 1)),
    resolutions: resolutions.map(readResolution).toReversed(),
    evidence: evidenceIn(maybeText(operation, "details")),
    value: { kept: text(operation, "value_kept"), bytes: maybeNumber(operation, "value_bytes") },
    hasTails: attempts.some((row) => row["has_tail"] === 1),
  };
}

/** @throws RefusedRequest `not_found` */
export async function tailsOf(session: SqlSession, callId: string): Promise<Tails> {
  const operation = await operationOf(session, callId);
  const rows = await attemptsOf(session, [text(operation, "name"), text(operation, "key")], "stderr_tail");
  return {
    tails: rows.flatMap((row, index) => {
      const tail = maybeText(row, "stderr_tail");
      return tail ? [{ attempt: index + 1, text: tail }] : [];
    }),
  };
}

/** The operation that this call claimed last, or made an attempt of. */
async function operationOf(session: SqlSession, callId: string): Promise<Row> {
  const columns = `${OPERATION_COLUMNS}, effect, effects, owner_host, owner_pid, value_kept, value_bytes,
    CASE WHEN value_kept = 'pruned' OR length(details) > ${MOST_DETAILS_BYTES} THEN NULL ELSE details END AS details`;
  const found =
    (await session.get(
      `SELECT ${columns} FROM operations WHERE call_id = ? ORDER BY changed_at DESC LIMIT 1`,
      [callId],
    )) ??
    (await session.get(
      `SELECT ${columns} FROM operations WHERE (name, key) IN (SELECT name, key FROM attempts WHERE call_id = ?)
       ORDER BY changed_at DESC LIMIT 1`,
      [callId],
    ));
  if (found !== undefined) return found;
  throw new RefusedRequest("not_found", "The ledger knows no call with this id. It may have been pruned.");
}

/** Oldest first. */
async function attemptsOf(
  session: SqlSession,
  target: readonly string[],
  tail = "NULL AS stderr_tail",
): Promise<readonly Row[]> {
  const rows = await session.all(
    `SELECT fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, pid, pid_start,
       cookie, external_ref, requested_by, started_at, ended_at, late, effect, code, exit_code, signal, stdout_bytes, stdout_sha256,
       duration_ms, CASE WHEN stderr_tail <> '' THEN 1 ELSE 0 END AS has_tail, ${tail}
     FROM attempts WHERE name = ? AND key = ? ORDER BY id DESC LIMIT ?`,
    [...target, MOST_ATTEMPTS],
  );
  return rows.toReversed();
}

function toAttempt(row: Row, attempt: number): AttemptRow {
  const {
    callId,
    startedAt,
    endedAt,
    durationMs,
    code,
    effect,
    late,
    exitCode,
    signal,
    stdoutBytes,
    externalRef,
    requestedBy,
  } = readAttempt(row);
  return {
    attempt,
    callId,
    startedAt,
    durationMs: durationMs ?? (endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt)),
    code,
    effect,
    running: endedAt === undefined,
    late,
    exitCode,
    signal,
    stdoutBytes,
    externalRef,
    requestedBy,
  };
}

/** `details` may be any text of a caller's. */
function evidenceIn(details: string | undefined): unknown {
  if (details === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(details);
    return typeof value === "object" && value !== null && "evidence" in value ? value.evidence : undefined;
  } catch {
    return undefined;
  }
}
