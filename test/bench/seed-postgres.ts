import type { Pool } from "pg";

/**
 * Fills a ledger with operations that have ended, `days` days old to now, each with its attempt: of twenty calls, one in a hundred in doubt,
 * two in a hundred failed.
 */
export async function seed(pool: Pool, operations: number, days: number): Promise<void> {
  const owner = "'worker-' || n % 3, 'boot-' || n % 3, '', n % 9, '1', 'owner-' || n % 3";
  const ownerColumns = "owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id";
  const rows = `SELECT n, 'call-' || n % 20 AS name, md5(n::text) AS key, md5('call' || n) AS call_id,
      (extract(epoch FROM now()) * 1000)::bigint - (${operations} - n)::bigint * ${days} * 86400000 / ${operations} AS at,
      CASE WHEN n % 100 = 0 THEN 'in_doubt' WHEN n % 100 < 3 THEN 'failed' ELSE 'succeeded' END AS state,
      '{"id":"' || md5(n::text) || '"}' AS value
    FROM generate_series(1, ${operations}) n`;
  await pool.query(`INSERT INTO hardcall.operations (name, key, call_id, fingerprint, effects, state, fence, claimed_fence, attempt_fence,
      doubt_fence, attempts, probing, ${ownerColumns}, lease_until, lease_ms, lease_boot, lease_ticks, ended_at, ended_boot, ended_ticks,
      created_at, started_at, settled_at, changed_at, effect, code, settled_by, value_kept, value_json, value_bytes, value_sha256, version)
    SELECT name, key, call_id, 'v1:' || key, 'once', state, 1, 1, 1, CASE WHEN state = 'in_doubt' THEN 1 ELSE 0 END, 1, 0, ${owner},
      at + 30000, 30000, 'database', at, at, 'database', at, at, at, at, at,
      CASE state WHEN 'succeeded' THEN 'completed' ELSE 'unknown' END, CASE state WHEN 'succeeded' THEN NULL ELSE 'timeout' END, 'attempt',
      CASE state WHEN 'succeeded' THEN 'value' ELSE 'none' END, CASE state WHEN 'succeeded' THEN value END, length(value), md5(value), 'seed'
    FROM (${rows}) AS seeded`);
  await pool.query(`INSERT INTO hardcall.attempts (name, key, fence, call_id, fingerprint, ${ownerColumns}, cookie, started_at, ended_at, late,
      effect, code, duration_ms)
    SELECT name, key, 1, call_id, 'v1:' || key, ${owner}, call_id, at, at, 0,
      CASE state WHEN 'succeeded' THEN 'completed' ELSE 'unknown' END, CASE state WHEN 'succeeded' THEN NULL ELSE 'timeout' END, 12.5
    FROM (${rows}) AS seeded`);
  await pool.query("VACUUM (ANALYZE) hardcall.operations");
  await pool.query("VACUUM (ANALYZE) hardcall.attempts");
}
