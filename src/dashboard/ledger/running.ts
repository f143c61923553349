import { maybeNumber, number, type Row, text } from "../../database/columns.ts";
import type { SqlSession } from "../../database/sql.ts";
import { isOwnerAlive } from "../../ledger/owner/owner.ts";
import { readOwner } from "../../ledger/owner/columns.ts";
import type { Overview, RunningCall } from "../data.ts";

const MOST = 200;

/** The calls that run, the oldest first. */
export async function running(session: SqlSession): Promise<Pick<Overview, "running" | "runningCount">> {
  // `state <> 'succeeded'` is the condition of the index, or SQLite does not use it.
  const held = "FROM operations WHERE state IN ('reserved', 'started') AND state <> 'succeeded'";
  const rows = await session.all(
    `SELECT name, key, call_id, attempts, created_at, started_at, changed_at, owner_host, owner_boot_id, owner_pid_space,
       owner_pid, owner_pid_start, owner_id ${held} ORDER BY changed_at LIMIT ?`,
    [MOST],
  );
  const all =
    rows.length < MOST ? rows.length : Number((await session.get(`SELECT count(*) AS n ${held}`, []))?.["n"]);
  return { running: rows.map(toRunning), runningCount: all };
}

function toRunning(row: Row): RunningCall {
  const owner = readOwner(row);
  return {
    callId: text(row, "call_id"),
    name: text(row, "name"),
    key: text(row, "key"),
    state: isOwnerAlive(owner) === "dead" ? "lost" : "running",
    startedAt: maybeNumber(row, "started_at") ?? number(row, "created_at"),
    attempt: number(row, "attempts"),
    host: owner.host,
    pid: owner.pid,
  };
}
