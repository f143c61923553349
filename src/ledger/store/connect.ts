import { connectSqlite, OPEN_WITHIN_MS, type SqliteConnectOptions } from "../../database/sqlite/connect.ts";
import { SqliteDatabase } from "../../database/sqlite/database.ts";
import type { SqlDatabase } from "../../database/sql.ts";
import { locateLedger } from "./locate.ts";

/**
 * A connection of its own to a ledger's database, for what is kept in it beside the calls.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export async function connectLedger(options: SqliteConnectOptions = {}): Promise<SqlDatabase> {
  const place = locateLedger(options.path);
  if (place.kind === "file") return new SqliteDatabase(await connectSqlite({ ...options, path: place.path }));
  const { postgresAt } = await import("../../database/postgres/connect.ts");
  const database = postgresAt(place, { mayCreate: options.mustExist !== true });
  try {
    await database.open(options.withinMs ?? OPEN_WITHIN_MS);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
