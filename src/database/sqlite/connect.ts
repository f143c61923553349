import { requireLedger } from "../existing.ts";
import { defaultLedgerPath, filePath } from "../ledger-path.ts";
import { SqliteConnection } from "./connection.ts";
import { explainSqlite } from "./errors.ts";
import { prepareFile } from "./file.ts";
import { openDatabase } from "./open.ts";
import { whileBusy, timeLeft } from "./while-busy.ts";

/** The default time to wait for other processes while opening, in milliseconds. */
export const OPEN_WITHIN_MS = 10_000;

export interface SqliteConnectOptions {
  /** @default `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db`, else in `~/.local/state` */
  readonly path?: string | undefined;
  /** How long to wait for a lock while opening, in milliseconds. @default 10000 */
  readonly withinMs?: number | undefined;
  /** Only to look: a ledger that is not there is not made, but `invalid_config`. @default false */
  readonly mustExist?: boolean | undefined;
}

/**
 * A connection to a ledger's file, which is created if it is missing.
 *
 * @throws LedgerError `ledger_unavailable` for a file that is damaged, foreign, of a newer schema, read-only, on
 *   a full disk or a network file system, or locked for longer than `withinMs`.
 */
export async function connectSqlite(options: SqliteConnectOptions = {}): Promise<SqliteConnection> {
  const given = options.path === undefined ? defaultLedgerPath() : filePath(options.path);
  try {
    if (options.mustExist) requireLedger(given);
    const path = prepareFile(given);
    return await whileBusy(path, timeLeft(options.withinMs ?? OPEN_WITHIN_MS), () => connect(path));
  } catch (error) {
    throw explainSqlite(error, given);
  }
}

/** The same in one try and without waiting, for a process that ends. */
export function connectSqliteNow(given: string): SqliteConnection {
  try {
    return connect(prepareFile(given));
  } catch (error) {
    throw explainSqlite(error, given);
  }
}

function connect(path: string): SqliteConnection {
  const database = openDatabase(path);
  try {
    return new SqliteConnection(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
}
