import { type ConnectOptions, PostgresDatabase } from "./database.ts";
import { makePool } from "./own-pool.ts";
import { type PostgresUrl, readPostgresUrl } from "./url.ts";

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
    pool: () => makePool(connectionString),
  });
}
