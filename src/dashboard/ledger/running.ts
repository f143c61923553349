import type { SqlSession } from "../../database/sql.ts";
import type { Overview, RunningCall } from "../data.ts";
import { callColumns, type KnownCall, type ListMoment, readCall } from "./known-call.ts";

const MOST_SHOWN = 200;
/** Read of each kind. Among them may be calls that were lost. */
const MOST_READ = 1000;
/** For how long after its time limit the page shows that a call without a key was lost. Then it is history. */
const LOST_SHOWN_MS = 3_600_000;

/** `state <> 'succeeded'` is the condition of the index, or SQLite does not use it. */
const HELD = "state IN ('reserved', 'started') AND state <> 'succeeded'";
const NO_END = "ended_at IS NULL AND started_at + limit_ms >= ?";

/** The calls that run or wait, and those whose process was lost meanwhile; the oldest first. */
export async function running(
  session: SqlSession,
  moment: ListMoment,
): Promise<Pick<Overview, "running" | "runningCount">> {
  const columns = callColumns(session.dialect);
  const since = moment.now - LOST_SHOWN_MS;
  const keyed = await session.all(
    `SELECT ${columns} FROM (SELECT * FROM operations WHERE ${HELD} ORDER BY changed_at DESC LIMIT ?) AS o
     LEFT JOIN journal AS j ON j.call_id = o.call_id`,
    [MOST_READ],
  );
  const journalled = await session.all(
    `SELECT ${columns} FROM (SELECT * FROM journal WHERE ${NO_END} ORDER BY started_at DESC LIMIT ?) AS j
     LEFT JOIN operations AS o ON o.call_id = j.call_id`,
    [since, MOST_READ],
  );
  const calls = new Map(
    [...keyed, ...journalled].map((row) => [String(row["call_id"]), readCall(row, moment)]),
  );
  const found = [...calls.values()].flatMap((call) => toRunning(call) ?? []);
  found.sort((one, other) => one.startedAt - other.startedAt);
  const isAll = keyed.length < MOST_READ && journalled.length < MOST_READ;
  return {
    running: found.slice(0, MOST_SHOWN),
    runningCount: isAll ? found.length : await countAll(session, since),
  };
}

async function countAll(session: SqlSession, since: number): Promise<number> {
  const row = await session.get(
    `SELECT (SELECT count(*) FROM operations WHERE ${HELD}) + (SELECT count(*) FROM journal AS j WHERE ${NO_END} AND
       (j.key IS NULL OR NOT EXISTS (SELECT 1 FROM operations AS o WHERE o.call_id = j.call_id AND o.${HELD}))) AS n`,
    [since],
  );
  return Number(row?.["n"]);
}

/** What has ended since it was found in the journal, or before the journal was told, runs no more. */
function toRunning(call: KnownCall): RunningCall | undefined {
  const {
    outcome,
    owner,
    attempts,
    callId,
    name,
    key,
    callee,
    resource,
    startedAt,
    limitMs,
    costUsd,
    requestedBy,
  } = call;
  if (outcome !== "running" && outcome !== "waiting" && outcome !== "lost") return undefined;
  return {
    callId,
    name,
    key,
    callee,
    resource,
    state: outcome,
    startedAt,
    limitMs,
    attempt: attempts,
    costUsd,
    requestedBy,
    host: owner.host,
    pid: owner.pid,
  };
}
