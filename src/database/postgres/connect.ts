import { type ConnectOptions, PostgresDatabase } from "./database.ts";
import type { PgPool } from "./driver.ts";
import { loadPg } from "./load.ts";
import { type PostgresUrl, readPostgresUrl } from "./url.ts";

/** Small, as each worker has one and a server has about 100 connections in all. */
const MAX_CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 10_000;

/**
 * The database that a URL names, over a pool of its own. Nothing is connected yet.
 *
 * @throws LedgerError `invalid_config` for a URL that does not parse
 */
export function postgresAt(given: string | PostgresUrl, options: ConnectOptions = {}): PostgresDatabase {
  const { connectionString, schema, location } = typeof given === "string" ? readPostgresUrl(given) : given;
  return new PostgresDatabase({
    ...options,
    location,
    schema,
    ownsPool: true,
    pool: () => ownPool(connectionString),
  });
}

async function ownPool(connectionString: string): Promise<PgPool> {
  const { Pool } = await loadPg();
  const pool = new Pool({
    connectionString,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    // A cut that no packet tells of is noticed while the connection lies idle, too.
    keepAlive: true,
    // A process that has nothing else to do ends.
    allowExitOnIdle: true,
    application_name: "hardcall",
  });
  // The loss of an idle connection would otherwise end the process. The pool has dropped it already.
  pool.on("error", () => undefined);
  return pool;
}
