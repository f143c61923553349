import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { positional } from "../../../src/database/sql.ts";
import type { JournalSearch } from "../../../src/ledger/journal/entry.ts";
import { deleteEnded, selectJournal } from "../../../src/ledger/journal/sql.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";

const MANY = 100_000;
const T0 = 1_763_640_000_000;

/** A ledger whose journal has that many calls: most succeeded, some failed, few run. */
async function ledgerOf(count: number): Promise<string> {
  const file = ledgerPath();
  await (await openLedgerAt(file)).close();
  const database = new DatabaseSync(file);
  database.exec(`INSERT INTO journal (call_id, name, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id,
      started_at, limit_ms, ended_at, outcome, code, more)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    SELECT 'call-' || i, 'call ' || (i % 20), 'host', 'boot', 'pid', 1, '1', 'owner', ${T0} - 1000 * i, 60000,
      CASE WHEN i % 500 > 0 THEN ${T0} - 1000 * i + 900 END,
      CASE WHEN i % 500 = 0 THEN NULL WHEN i % 50 = 1 THEN 'failed' ELSE 'executed' END,
      CASE WHEN i % 500 > 0 AND i % 50 = 1 THEN 'timeout' END, '{"callee":"task","attempt":1}' FROM n`);
  database.close();
  return file;
}

const SEARCHES: readonly (readonly [string, Partial<JournalSearch>, string])[] = [
  ["all", {}, "journal_by_start"],
  ["running", { state: "running" }, "journal_running"],
  ["by name", { name: "call 7" }, "journal_by_name"],
  ["by code", { code: "timeout" }, "journal_by_code"],
  ["by outcome", { outcome: "failed" }, "journal_by_outcome"],
  ["one", { callId: "call-77" }, "sqlite_autoindex_journal_1"],
];

it("each list of the journal goes along an index, and sorts nothing but calls of one millisecond", async () => {
  const database = new DatabaseSync(await ledgerOf(1), { readOnly: true });
  const planOf = (text: string, count: number) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${text}`)
      .all(...Array.from({ length: count }, () => 0))
      .map(({ detail }) => String(detail));
  try {
    for (const [, search, index] of SEARCHES) {
      for (const after of [undefined, { startedAt: T0, callId: "x" } as JournalSearch["after"]]) {
        const { text, values } = selectJournal({ ...search, after, limit: 200 }, positional);
        const [first, ...rest] = planOf(text, values.length);
        expect(first).toMatch(new RegExp(`USING INDEX ${index}( |$)`));
        expect(rest.join()).toMatch(/^(USE TEMP B-TREE FOR LAST TERM OF ORDER BY)?$/);
      }
    }
    expect(planOf(deleteEnded(positional), 2).join("; ")).toContain("journal_by_start (started_at<?)");
  } finally {
    database.close();
  }
});

it(`a page of ${MANY} calls takes some milliseconds at most`, async () => {
  const store = await openLedgerAt(await ledgerOf(MANY));
  try {
    for (const [what, { state, name, code, outcome, callId }] of SEARCHES) {
      const times: number[] = [];
      for (let n = 0; n < 7; n++) {
        const begin = performance.now();
        const page = await store.journal({ state, name, code, outcome, callId, limit: 200 });
        times.push(performance.now() - begin);
        expect(page).toHaveLength(what === "one" ? 1 : 200);
      }
      // 1 to 3 ms; a look at each row takes 40.
      expect([what, Math.min(...times) < 15]).toEqual([what, true]);
    }
  } finally {
    await store.close();
  }
});
