import { postgresAt } from "../../database/postgres/connect.ts";
import type { ConnectOptions, PostgresDatabase } from "../../database/postgres/database.ts";
import type { PostgresUrl } from "../../database/postgres/url.ts";
import { clockOf } from "../owner/boot-clock.ts";
import { createStore } from "../store/create-store.ts";
import type { LedgerStore, StoreOptions } from "../store/store.ts";
import { PostgresBackend } from "./backend.ts";

/** The default time to wait for a connection and for other processes that migrate, in milliseconds. */
const OPEN_WITHIN_MS = 10_000;

export type PostgresOptions = StoreOptions &
  ConnectOptions & {
    /** `postgres://user@host:5432/database`, with `?schema=name` for another schema than `hardcall`. */
    readonly url: string | PostgresUrl;
    /** How long opening may take, in milliseconds. @default 10000 */
    readonly withinMs?: number | undefined;
  };

/**
 * Opens a ledger in Postgres, creating its schema if it is missing.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 * @example const ledger = await openPostgresStore({ url: "postgres://jobs@db.internal/jobs" });
 */
export async function openPostgresStore(options: PostgresOptions): Promise<LedgerStore> {
  const { url, allowAsynchronousCommit, mayCreate, withinMs = OPEN_WITHIN_MS } = options;
  const db = postgresAt(url, { allowAsynchronousCommit, mayCreate });
  try {
    await db.open(withinMs);
  } catch (error) {
    await db.close();
    throw error;
  }
  return createPostgresStore(db, options);
}

/** A ledger over a database that connects with its first use. */
export function createPostgresStore(db: PostgresDatabase, options: StoreOptions = {}): LedgerStore {
  // The database's own clock decides, unless a test has one.
  const ownClock = options.clock === undefined ? undefined : clockOf(options);
  return createStore(new PostgresBackend(db, ownClock), options);
}
