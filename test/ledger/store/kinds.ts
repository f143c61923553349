import { rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openPostgresStore } from "../../../src/ledger/postgres/store.ts";
import { createMemoryStore, emptyMemory } from "../../../src/ledger/store/memory.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { temporaryFolder } from "../../helpers/folders.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { type Harness, harness, type OpenStore } from "../harness.ts";

/** How each kind of store is opened on a new, empty ledger. */
const OPENERS = {
  memory: async (): Promise<OpenStore> => {
    const memory = emptyMemory();
    return async (options) => createMemoryStore({ ...options, memory });
  },
  SQLite: async (): Promise<OpenStore> => {
    const folder = temporaryFolder();
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return (options) => openSqliteStore({ ...options, path: join(folder, "ledger.db") });
  },
  Postgres: async (): Promise<OpenStore> => {
    const url = await freshDatabase();
    return (options) => openPostgresStore({ ...options, url });
  },
};

export type StoreKind = keyof typeof OPENERS;
export const STORE_KINDS: readonly StoreKind[] = ["memory", "SQLite", "Postgres"];

/** Owners of one new, empty ledger, under a clock and a liveness that the test sets. Gone when the test is over. */
export async function worldOf(kind: StoreKind): Promise<Harness> {
  const open = await OPENERS[kind]();
  return harness(async (options) => {
    const store = await open(options);
    onTestFinished(() => store.close());
    return store;
  });
}

/** A new, empty ledger with two owners. */
export async function twoOwnersOf(kind: StoreKind): Promise<readonly [Harness, LedgerStore, LedgerStore]> {
  const world = await worldOf(kind);
  return [world, await world.as("ann"), await world.as("bob")];
}
