import path from "node:path";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import { tempFolder } from "./files.ts";

/** The path of a ledger that does not exist yet, in a folder that is gone when the test is over. */
export const ledgerPath = (): string => path.join(tempFolder(), "ledger.db");

/** What a ledger file knows of a key, read through a connection of its own. */
export async function historyOf(file: string, key: string): Promise<OperationHistory | undefined> {
  const store = await openSqliteStore({ path: file });
  try {
    return (await store.show({ callIdOrKey: key }))[0];
  } finally {
    await store.close();
  }
}
