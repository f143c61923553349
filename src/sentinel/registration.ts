import type { SqliteConnection } from "../database/sqlite/connection.ts";
import type { Sentinel } from "./definition.ts";

/**
 * Registers a sentinel. From then on artifacts are expected, even if no count ever works. A changed definition or a short absence does
 * not restart the window; otherwise a change at each run would put off the alert for ever.
 */
export function register(db: SqliteConnection, sentinel: Sentinel, source: string, now: number): void {
  const { name, countHash, call = null, every, window, min } = sentinel;
  db.run(
    `UPDATE sentinels SET registered_at = ?, retired_at = NULL, baselined_at = NULL, expected_from = NULL,
       carried_from = NULL, alarm = 0, bad_streak = 0, unknown_since = NULL
     WHERE name = ? AND retired_at <= ?`,
    [now, name, now - window],
  );
  db.run(
    `UPDATE sentinel_alerts SET dropped = NULL WHERE sentinel = ? AND dropped = ?
       AND sentinel IN (SELECT name FROM sentinels WHERE retired_at IS NOT NULL)`,
    [name, RETIRED],
  );
  db.run(
    `INSERT INTO sentinels (name, source, count_hash, call, every_ms, window_ms, least, registered_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       source = excluded.source, call = excluded.call, every_ms = excluded.every_ms,
       window_ms = excluded.window_ms, least = excluded.least, retired_at = NULL,
       baselined_at = CASE WHEN count_hash = excluded.count_hash THEN baselined_at END,
       carried_from = CASE WHEN count_hash = excluded.count_hash THEN carried_from ELSE expected_from END,
       count_hash = excluded.count_hash`,
    [name, source, countHash, call, every, window, min, now],
  );
}

const RETIRED = "its sentinel is no longer configured";

/** Retires the sentinels that the configuration no longer names. */
export function retireOthers(
  db: SqliteConnection,
  names: readonly string[],
  source: string,
  now: number,
): void {
  db.run(
    `UPDATE sentinels SET retired_at = ? WHERE source = ? AND retired_at IS NULL
     AND name NOT IN (SELECT value FROM json_each(?))`,
    [now, source, JSON.stringify(names)],
  );
  db.run(
    `UPDATE sentinel_alerts SET dropped = ?
     WHERE delivered_at IS NULL AND dropped IS NULL
       AND sentinel IN (SELECT name FROM sentinels WHERE source = ? AND retired_at IS NOT NULL)`,
    [RETIRED, source],
  );
}
