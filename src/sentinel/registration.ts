import { members, type SqlSession } from "../database/sql.ts";
import type { Sentinel } from "./definition.ts";

/**
 * Registers a sentinel. From then on artifacts are expected, even if no count ever works. A changed definition or a short absence does
 * not restart the window; otherwise a change at each run would put off the alert for ever.
 */
export async function register(
  session: SqlSession,
  sentinel: Sentinel,
  source: string,
  now: number,
): Promise<void> {
  const { name, countHash, call = null, every, window, min } = sentinel;
  await session.run(
    `UPDATE sentinels SET registered_at = ?, retired_at = NULL, baselined_at = NULL, expected_from = NULL,
       carried_from = NULL, alarm = 0, bad_streak = 0, unknown_since = NULL
     WHERE name = ? AND retired_at <= ?`,
    [now, name, now - window],
  );
  await session.run(
    `UPDATE sentinel_alerts SET dropped = NULL WHERE sentinel = ? AND dropped = ?
       AND sentinel IN (SELECT name FROM sentinels WHERE retired_at IS NOT NULL)`,
    [name, RETIRED],
  );
  await session.run(
    `INSERT INTO sentinels (name, source, count_hash, call, every_ms, window_ms, least, registered_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       source = excluded.source, call = excluded.call, every_ms = excluded.every_ms,
       window_ms = excluded.window_ms, least = excluded.least, retired_at = NULL,
       baselined_at = CASE WHEN sentinels.count_hash = excluded.count_hash THEN sentinels.baselined_at END,
       carried_from = CASE WHEN sentinels.count_hash = excluded.count_hash THEN sentinels.carried_from
         ELSE sentinels.expected_from END,
       count_hash = excluded.count_hash`,
    [name, source, countHash, call, every, window, min, now],
  );
}

const RETIRED = "its sentinel is no longer configured";

/** Retires the sentinels that the configuration no longer names. */
export async function retireOthers(
  session: SqlSession,
  names: readonly string[],
  source: string,
  now: number,
): Promise<void> {
  await session.run(
    `UPDATE sentinels SET retired_at = ? WHERE source = ? AND retired_at IS NULL
     AND name NOT IN (${members(session)})`,
    [now, source, JSON.stringify(names)],
  );
  await session.run(
    `UPDATE sentinel_alerts SET dropped = ?
     WHERE delivered_at IS NULL AND dropped IS NULL
       AND sentinel IN (SELECT name FROM sentinels WHERE source = ? AND retired_at IS NOT NULL)`,
    [RETIRED, source],
  );
}
