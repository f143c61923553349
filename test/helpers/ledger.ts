import path from "node:path";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import { tempFolder } from "./files.ts";
import { freshDatabase } from "./postgres.ts";

/** The path of a ledger that does not exist yet, in a folder that is gone when the test is over. */
export const ledgerPath = (): string => path.join(tempFolder(), "ledger.db");

/** Where a ledger can be. */
export const LEDGER_KINDS = ["a file", "Postgres"] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** The path or the URL of a ledger that does not exist yet. Gone when the test is over. */
export const newLedger = async (kind: LedgerKind): Promise<string> =>
  kind === "a file" ? ledgerPath() : freshDatabase();

/** What a ledger file knows of a key, read through a connection of its own. */
export async function historyOf(file: string, key: string): Promise<OperationHistory | undefined> {
  const store = await openSqliteStore({ path: file });
  try {
    return (await store.show({ callIdOrKey: key }))[0];
  } finally {
    await store.close();
  }
}
