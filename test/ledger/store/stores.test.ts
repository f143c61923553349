import { rmSync } from "node:fs";
import { join } from "node:path";
import { emptyMemory, createMemoryStore } from "../../../src/ledger/store/memory.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { openPostgresStore } from "../../../src/ledger/postgres/store.ts";
import { storeContract } from "./contract.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { temporaryFolder } from "../../helpers/folders.ts";

storeContract("memory", () => {
  const memory = emptyMemory();
  return { open: async (options) => createMemoryStore({ ...options, memory }), dispose: () => {} };
});

storeContract("SQLite", () => {
  const folder = temporaryFolder();
  return {
    open: (options) => openSqliteStore({ ...options, path: join(folder, "ledger.db") }),
    dispose: () => rmSync(folder, { recursive: true }),
  };
});

storeContract("Postgres", async () => {
  const url = await freshDatabase();
  return { open: (options) => openPostgresStore({ ...options, url }), dispose: () => {} };
});
