import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { expired } from "../../../src/ledger/store/sql.ts";
import { positional } from "../../../src/database/sql.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { request, start, succeeded } from "../harness.ts";

const NOW = 1_763_640_000_000;
const limits = { retentionMs: 1000, tombstoneMs: 1000 };

async function open(file: string, now = NOW): Promise<LedgerStore> {
  const store = await openSqliteStore({ path: file, clock: () => now });
  onTestFinished(() => store.close());
  return store;
}

/** A ledger with so many successes, made of one, without a call for each. */
async function ledgerOf(count: number): Promise<string> {
  const file = ledgerPath();
  const store = await openSqliteStore({ path: file, clock: () => NOW - 10_000 });
  await store.settle(await start(store, "once", { key: "0" }), succeeded("v".repeat(200)));
  await store.close();
  const database = new DatabaseSync(file);
  for (const table of ["operations", "attempts"]) {
    const columns = database
      .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE name NOT IN ('id', 'key')`)
      .all()
      .map(({ name }) => String(name))
      .join(", ");
    database.exec(`INSERT INTO ${table} (key, ${columns})
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
      SELECT CAST(i AS TEXT), ${columns} FROM n, ${table}`);
  }
  database.close();
  return file;
}

/** How SQLite looks for what has expired: no SCAN, and no sorting of its own. */
function plans(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return expired(positional).map(({ text }) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(0)
        .map(({ detail }) => String(detail))
        .join("; "),
    );
  } finally {
    database.close();
  }
}

it("what has expired is found by an index of its own, in its order", async () => {
  expect(plans(await ledgerOf(1))).toEqual([
    expect.stringMatching(/^SEARCH operations USING INDEX operations_pruned [^;]*$/),
    expect.stringMatching(/^SEARCH operations USING INDEX operations_ended [^;]*$/),
    expect.stringMatching(/^SEARCH operations USING INDEX operations_reserved [^;]*$/),
  ]);
});

it("calls go on beside a clean-up, which forgets values first, then keys", async () => {
  const file = await ledgerOf(5000);
  const store = await open(file);
  const other = await open(file);
  let calls = 0;
  const pruning = { over: false };
  const prune = store.prune(limits).finally(() => (pruning.over = true));
  for (; !pruning.over; calls++) await other.claim(request("once", { key: `new/${calls}` }));
  expect(await prune).toEqual({ tombstoned: 5000, deleted: 0, journal: 0 });
  expect(calls).toBeGreaterThan(10);
  const later = await open(file, NOW + 2000);
  expect(await later.prune(limits)).toEqual({ tombstoned: 0, deleted: 5000, journal: 0 });
});

it("a value that was pruned is in no file of the ledger, though others have it open", async () => {
  const file = ledgerPath();
  const secret = "SECRET-4711-".repeat(2000);
  const before = await open(file, NOW - 10_000);
  for (const key of ["a", "b", "c"])
    await before.settle(
      await start(before, "once", { key }),
      succeeded(secret, { details: `{"x":"${secret}"}` }),
    );
  const database = new DatabaseSync(file);
  database.exec("PRAGMA wal_checkpoint");
  database.close();
  // In the log too.
  await before.settle(await start(before, "once", { key: "d" }), succeeded(secret));
  expect(filesWith(file, "SECRET-4711")).toEqual(["ledger.db", "ledger.db-wal"]);
  const store = await open(file);
  expect(await store.prune(limits)).toEqual({ tombstoned: 4, deleted: 0, journal: 0 });
  expect(filesWith(file, "SECRET-4711")).toEqual([]);
});

function filesWith(file: string, text: string): string[] {
  const folder = path.dirname(file);
  return readdirSync(folder).filter((name) => readFileSync(path.join(folder, name)).includes(text));
}
