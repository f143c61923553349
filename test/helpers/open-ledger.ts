import { isPostgresUrl } from "../../src/database/postgres/url.ts";
import { openPostgresStore } from "../../src/ledger/postgres/store.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { LedgerStore, StoreOptions } from "../../src/ledger/store/store.ts";

/** A connection of its own to the ledger at a path or a URL. The caller closes it. */
export async function openLedgerAt(place: string, options: StoreOptions = {}): Promise<LedgerStore> {
  return isPostgresUrl(place)
    ? await openPostgresStore({ ...options, url: place })
    : await openSqliteStore({ ...options, path: place });
}
