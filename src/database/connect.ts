import { connectSqlite, type ConnectOptions } from "./sqlite/connect.ts";
import { SqliteDatabase } from "./sqlite/database.ts";
import type { SqlDatabase } from "./sql.ts";

/**
 * A connection of its own to a ledger's database, for what is kept in it beside the calls.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export async function connectLedger(options: ConnectOptions = {}): Promise<SqlDatabase> {
  return new SqliteDatabase(await connectSqlite(options));
}
