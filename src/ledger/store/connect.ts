import { connectSqlite, OPEN_WITHIN_MS } from "../../database/sqlite/connect.ts";
import { SqliteDatabase } from "../../database/sqlite/database.ts";
import type { SqlDatabase } from "../../database/sql.ts";
import { locateLedger } from "./locate.ts";

export interface ConnectLedgerOptions {
  /** A path or a `postgres://` URL. @default `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db` */
  readonly ledger?: string | undefined;
  /** Only to look: a ledger that is not there is not made, but `invalid_config`. @default false */
  readonly mustExist?: boolean | undefined;
  /** How long it may wait for other processes, in milliseconds. @default 10000 */
  readonly withinMs?: number | undefined;
}

/**
 * A connection of its own to a ledger's database, for what is kept in it beside the calls.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export async function connectLedger(options: ConnectLedgerOptions = {}): Promise<SqlDatabase> {
  const { ledger, mustExist = false, withinMs = OPEN_WITHIN_MS } = options;
  const place = locateLedger(ledger);
  if (place.kind === "file")
    return new SqliteDatabase(await connectSqlite({ path: place.path, mustExist, withinMs }));
  // Only who keeps the ledger in Postgres needs `pg`.
  const { postgresAt } = await import("../../database/postgres/connect.ts");
  const database = postgresAt(place, { mayCreate: !mustExist });
  try {
    await database.open(withinMs);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
