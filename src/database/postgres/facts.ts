import { number, text } from "../columns.ts";
import type { BoundedPool } from "./pool.ts";

/** What a server says of itself. */
export interface PostgresFacts {
  /** Such as `18.4`. */
  readonly version: string;
  /** The setting as it is for this user and database: `on`, `off`, `local`, `remote_write` or `remote_apply`. */
  readonly synchronousCommit: string;
  /** Whether nothing lies between that hands out connections, such as PgBouncer: then a wait is woken at once (LISTEN). */
  readonly isDirect: boolean;
  readonly isEncrypted: boolean;
  readonly isReadOnly: boolean;
  /** How long a statement takes that does nothing: the median of five. */
  readonly roundTripMs: number;
}

const SELECT_FACTS = `SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS commits,
  pg_backend_pid() AS backend, current_setting('transaction_read_only') = 'on' AS read_only,
  coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted`;

/** @throws Passing, LedgerError */
export async function factsOf(pool: BoundedPool, withinMs: number): Promise<PostgresFacts> {
  return await pool.use(withinMs, async (session) => {
    const { rows } = await session.query(SELECT_FACTS, []);
    const row = rows[0] ?? {};
    const tries: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { sentAt } = await session.query("SELECT 1", []);
      tries.push(performance.now() - sentAt);
    }
    return {
      version: text(row, "version").split(" ")[0] ?? "",
      synchronousCommit: text(row, "commits"),
      isDirect: session.processID === number(row, "backend"),
      isEncrypted: number(row, "encrypted") === 1,
      isReadOnly: number(row, "read_only") === 1,
      roundTripMs: tries.toSorted((a, b) => a - b)[2] ?? 0,
    };
  });
}
