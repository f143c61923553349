import { rmSync } from "node:fs";
import path from "node:path";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import { tempFolder } from "./files.ts";
import { openLedgerAt } from "./open-ledger.ts";
import { temporaryFolder } from "./folders.ts";
import { createDatabase, freshDatabase } from "./postgres.ts";

/** The path of a ledger that does not exist yet, in a folder that is gone when the test is over. */
export const ledgerPath = (): string => path.join(tempFolder(), "ledger.db");

/** Where a ledger can be. */
export const LEDGER_KINDS = ["a file", "Postgres"] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** The path or the URL of a ledger that does not exist yet. Gone when the test is over. */
export const newLedger = async (kind: LedgerKind): Promise<string> =>
  kind === "a file" ? ledgerPath() : freshDatabase();

/** The same for a suite, which removes it. */
export async function newSuiteLedger(
  kind: LedgerKind,
): Promise<{ readonly ledger: string; readonly remove: () => Promise<void> }> {
  if (kind === "Postgres") {
    const { url, drop } = await createDatabase();
    return { ledger: url, remove: drop };
  }
  const folder = temporaryFolder();
  return {
    ledger: path.join(folder, "ledger.db"),
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

/** What a ledger knows of a key, read through a connection of its own. */
export async function historyOf(file: string, key: string): Promise<OperationHistory | undefined> {
  const store = await openLedgerAt(file);
  try {
    return (await store.show({ callIdOrKey: key }))[0];
  } finally {
    await store.close();
  }
}
