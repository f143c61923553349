import { onTestFinished } from "vitest";
import { openPostgresStore, type PostgresOptions } from "../../../src/ledger/postgres/store.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { fakeOwner } from "../owners.ts";

/** A ledger in Postgres as one host has it, which sees no process of the others. Closed when the test is over. */
export async function openAs(
  host: string,
  url: string,
  options: Partial<PostgresOptions> = {},
): Promise<LedgerStore> {
  const store = await openPostgresStore({
    url,
    owner: fakeOwner(host),
    liveness: ({ id }) => (id === host ? "alive" : "unknown"),
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}
