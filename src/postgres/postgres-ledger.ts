import { LedgerError } from "../database/errors.ts";
import { postgresAt } from "../database/postgres/connect.ts";
import { readPostgresUrl } from "../database/postgres/url.ts";
import { type PostgresPool, postgresOver } from "../database/postgres/user-pool.ts";
import { type Kinds, readOptions } from "../core/options.ts";
import { createPostgresStore } from "../ledger/postgres/store.ts";
import type { LedgerStore } from "../ledger/store/store.ts";

/** Where the ledger is, and how it may be kept. */
export type PostgresLedgerOptions = (
  | {
      /** `postgres://user:password@host:5432/database?sslmode=verify-full`. hardcall makes a pool for it, which `close()` ends. */
      readonly connectionString: string;
      readonly pool?: undefined;
    }
  | {
      /** A pool of `pg` that you have made, and that you end. It needs an `error` listener, as every pool of `pg` does. */
      readonly pool: PostgresPool;
      readonly connectionString?: undefined;
    }
) & {
  /** The schema with the ledger's tables: small letters, digits and `_`. @default "hardcall" */
  readonly schema?: string | undefined;
  /**
   * Works although `synchronous_commit` is off, so a crash of the server can forget that a call has started, and it may run twice.
   *
   * @default false
   */
  readonly allowAsynchronousCommit?: boolean | undefined;
};

/**
 * A ledger in Postgres, for calls of several hosts. It returns at once, and connects and creates its tables with its first use; a
 * Postgres that cannot be used is then the error `ledger_unavailable` of that call.
 *
 * @example
 * const ledger = postgresLedger({ connectionString: process.env.DATABASE_URL ?? "" });
 * const publish = defineCall({ …, ledger });
 *
 * @throws LedgerError `invalid_config` for options that are not valid, and for a URL or a schema that cannot be one
 */
export function postgresLedger(options: PostgresLedgerOptions): LedgerStore {
  const problems: string[] = [];
  const { connectionString, pool, schema, ...rest } = readOptions(options, OPTIONS, problems);
  if ((connectionString === undefined) === (pool === undefined))
    problems.push("give either connectionString or pool");
  if (problems.length > 0)
    throw new LedgerError("invalid_config", `Invalid options of postgresLedger(): ${problems.join("; ")}.`);
  if (pool !== undefined) return createPostgresStore(postgresOver(pool, schema, rest));
  const url = readPostgresUrl(connectionString ?? "", "The ledger's connectionString", schema);
  return createPostgresStore(postgresAt(url, rest));
}

const OPTIONS: Kinds<Merged<PostgresLedgerOptions>> = {
  connectionString: "a string",
  pool: "an object",
  schema: "a string",
  allowAsynchronousCommit: "true or false",
};

/** The two ways to name a database as one type. */
type Merged<Options> = { [Name in keyof Options]?: Options[Name] };
