import { type Row, text } from "../../database/columns.ts";
import type { SqlSession } from "../../database/sql.ts";
import type { AttemptRecord } from "../../core/result.ts";
import { readAttempt } from "../../ledger/store/rows.ts";
import type { AttemptRow } from "../data.ts";

/** More than that no definition makes; the newest are shown. */
const MOST = 200;

/** The attempts of a key, the oldest first. @param tail SQL for `stderr_tail`, which a list leaves in the database */
export async function attemptRows(
  session: SqlSession,
  key: Row,
  tail: "NULL" | "stderr_tail",
): Promise<readonly Row[]> {
  const rows = await session.all(
    `SELECT fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, pid, pid_start,
       cookie, external_ref, requested_by, started_at, ended_at, late, effect, code, exit_code, signal, stdout_bytes, stdout_sha256,
       duration_ms, CASE WHEN stderr_tail <> '' THEN 1 ELSE 0 END AS has_tail, ${tail} AS stderr_tail
     FROM attempts WHERE name = ? AND key = ? ORDER BY id DESC LIMIT ?`,
    [text(key, "name"), text(key, "key"), MOST],
  );
  return rows.toReversed();
}

export function attemptOfLedger(row: Row, index: number): AttemptRow {
  const { callId, startedAt, endedAt, durationMs, code, effect, late, ...more } = readAttempt(row);
  const { exitCode, signal, stdoutBytes, externalRef, requestedBy } = more;
  return {
    attempt: index + 1,
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

/** Attempts of a call as the journal keeps them, which is once they have ended. */
export function attemptsOfJournal(callId: string, json: string): readonly AttemptRow[] {
  return (JSON.parse(json) as readonly AttemptRecord[]).map((record) => {
    const {
      attempt,
      startedAt,
      durationMs,
      code,
      message,
      effect,
      exitCode,
      signal,
      stdoutBytes,
      externalRef,
      costUsd,
    } = record;
    return {
      attempt,
      callId,
      startedAt: Date.parse(startedAt),
      durationMs,
      code,
      message,
      effect,
      running: false,
      late: false,
      exitCode,
      signal,
      stdoutBytes,
      externalRef,
      costUsd,
    };
  });
}
