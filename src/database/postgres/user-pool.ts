import type { PgPool, PgPoolOptions } from "./driver.ts";
import { type ConnectOptions, PostgresDatabase } from "./database.ts";
import { type Address, addressOf, DEFAULT_SCHEMA, locationOf, requireSchema } from "./url.ts";
import { LedgerError } from "../errors.ts";

/** A pool of `pg` that the user has made. Only what says that it is one: its types may be of another version. */
export interface PostgresPool {
  connect(): Promise<{ release(destroy?: boolean): void }>;
  readonly totalCount: number;
}

/**
 * The database of a user's own pool, which stays the user's: hardcall never ends it, and changes no setting of it.
 *
 * @throws LedgerError `invalid_config` for what is no pool, and for a schema that cannot be one
 */
export function postgresOver(
  pool: PostgresPool,
  schema: string = DEFAULT_SCHEMA,
  options: ConnectOptions = {},
): PostgresDatabase {
  if (typeof pool !== "object" || pool === null || typeof pool.connect !== "function") {
    throw new LedgerError(
      "invalid_config",
      `The pool of the ledger is not one of "pg": it has no connect().`,
    );
  }
  requireSchema(schema, "The ledger");
  const used = pool as unknown as PgPool;
  return new PostgresDatabase({
    ...options,
    schema,
    location: locationOf(whereIs(used.options ?? {}), schema),
    ownsPool: false,
    pool: async () => used,
  });
}

function whereIs(options: PgPoolOptions): Address {
  const url = URL.parse(options.connectionString ?? "");
  const ofUrl = addressOf(url ?? new URL("postgres:///"));
  if (url !== null) return ofUrl;
  const { host, port, database } = options;
  return {
    host: host ?? ofUrl.host,
    port: port === undefined ? ofUrl.port : String(port),
    database: database ?? ofUrl.database,
  };
}
