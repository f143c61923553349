import { type ConnectOptions, PostgresDatabase } from "./database.ts";
import type { PgPool } from "./driver.ts";
import { FallbackPool, requireTlsFiles, urlsToTry } from "./tls.ts";
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
  requireTlsFiles(new URL(connectionString));
  const { Pool } = await loadPg();
  const pools = urlsToTry(connectionString).map(
    (one) =>
      new Pool({
        connectionString: one,
        max: MAX_CONNECTIONS,
        connectionTimeoutMillis: CONNECT_WITHIN_MS,
        // A cut that no packet tells of is noticed while the connection lies idle, too.
        keepAlive: true,
        // A process that has nothing else to do ends.
        allowExitOnIdle: true,
        application_name: "hardcall",
      }),
  );
  const pool = pools.length === 1 ? (pools[0] as PgPool) : new FallbackPool(pools);
  // The loss of an idle connection would otherwise end the process. The pool has dropped it already.
  pool.on("error", () => undefined);
  return pool;
}
