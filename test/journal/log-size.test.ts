import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { MIGRATIONS } from "../../src/database/sqlite/migrations.ts";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";

it("another thread keeps the log small where only the journal writes", async () => {
  const file = ledgerPath();
  const store = await openLedgerAt(file);
  onTestFinished(() => store.close());
  const owner = currentOwner();
  const row = { name: "a", callee: "task", owner, startedAt: 1, limitMs: 1, attempt: 1 } as const;
  for (let batch = 0; batch < 1000; batch++) {
    // A process's rows come every tenth of a second, and the thread needs a moment without any.
    if (batch % 100 === 0) await wait(200);
    const rows = Array.from({ length: 16 }, (_, index) => ({ ...row, callId: `${batch}/${index}` }));
    await store.writeJournal(rows, { withinMs: 10_000 });
  }
  // Without it, all that was ever written would be in the log.
  expect(statSync(`${file}-wal`).size).toBeLessThan(24 * 1024 * 1024);
  const other = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => other.close());
  expect(other.prepare("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
  expect(other.prepare("SELECT count(*) AS n FROM journal").get()).toEqual({ n: 16_000 });
  expect(other.prepare("PRAGMA quick_check").get()).toEqual({ quick_check: "ok" });
}, 60_000);
