import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { openSqliteStore } from "../../src/ledger/sqlite.ts";
import type { OperationHistory } from "../../src/ledger/store.ts";

/** The path of a ledger that does not exist yet, in a folder that is gone when the test is over. */
export function ledgerPath(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-gate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "ledger.db");
}

/** What a ledger file knows of a key, read through a connection of its own. */
export async function historyOf(file: string, key: string): Promise<OperationHistory | undefined> {
  const store = await openSqliteStore({ path: file });
  try {
    return (await store.show({ callIdOrKey: key }))[0];
  } finally {
    await store.close();
  }
}
