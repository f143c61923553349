import { stateOf } from "../journal/state.ts";
import type { SqlSession } from "../database/sql.ts";
import { readEntry } from "../ledger/journal/rows.ts";
import { isOwnerAlive } from "../ledger/owner/owner.ts";
import type { Period } from "./period.ts";

/**
 * The condition of a row of the journal that no operation stands for: its call has no key, or a limit refused it before it claimed its
 * key. All other calls with a key are counted as operations.
 */
export const JOURNAL_ONLY =
  "(journal.key IS NULL OR journal.code IN ('busy', 'over_budget', 'circuit_open'))";

/**
 * SQL for a name by which a report groups every row. As a bare column it would tempt SQLite to take the rows in the order of the key's
 * index, and to look up each of them: that takes twice as long as to read the table and to sort.
 */
export const NAME = "name || ''";

/**
 * SQL for all that ran: `name`, `outcome`, `at`, and whether the ledger guarded it by its key. `reserved` and `started` are running. A success that no attempt reported is `recovered`.
 * Of the journal, `running` also stands for calls that were lost: `lostRuns` finds them.
 */
export const RUNS = `(
  SELECT ${NAME} AS name, coalesce(started_at, created_at) AS at, 1 AS guarded, CASE
    WHEN state IN ('reserved', 'started') THEN 'running'
    WHEN state = 'succeeded' AND settled_by <> 'attempt' THEN 'recovered'
    ELSE state END AS outcome
  FROM operations
  UNION ALL
  SELECT ${NAME}, started_at AS at, 0 AS guarded, CASE
    WHEN outcome IS NULL THEN 'running'
    WHEN outcome = 'executed' THEN 'succeeded'
    ELSE 'failed' END AS outcome
  FROM journal WHERE ${JOURNAL_ONLY}
) AS runs`;

/** Calls of the journal whose process ended before they did. */
export async function lostRuns(
  session: SqlSession,
  { from, to, now }: Period,
): Promise<readonly { readonly name: string; readonly at: number }[]> {
  const rows = await session.all(
    `SELECT * FROM journal WHERE ended_at IS NULL AND started_at BETWEEN ? AND ? AND ${JOURNAL_ONLY}`,
    [from, to],
  );
  return rows
    .map(readEntry)
    .filter((entry) => stateOf({ ...entry, ownerAlive: isOwnerAlive(entry.owner) }, now) === "lost")
    .map(({ name, startedAt }) => ({ name, at: startedAt }));
}
