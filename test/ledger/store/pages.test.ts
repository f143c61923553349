import { statSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { updateOperation } from "../../../src/ledger/store/sql.ts";
import { positional } from "../../../src/database/sql.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { proceed, succeeded } from "../harness.ts";

/** A page in the log, with its header. */
const FRAME_BYTES = 4096 + 24;

it("a write touches the row and the indexes that change, and no more pages", async () => {
  const file = ledgerPath();
  const store = await openSqliteStore({ path: file });
  onTestFinished(() => store.close());
  const pagesOf = async <T>(write: () => Promise<T>) => {
    const before = statSync(`${file}-wal`).size;
    const answer = await write();
    return { answer, pages: (statSync(`${file}-wal`).size - before) / FRAME_BYTES };
  };
  const claim = await pagesOf(() => proceed(store, "once"));
  // The row, its key, and by call, by change, "reserved" and "unsuccessful".
  expect(claim.pages).toBe(6);
  const start = await pagesOf(() => store.started(claim.answer));
  // The row, by change, "reserved" and "unsuccessful"; the attempt, by its operation, by call, "unfinished"; the number of commits.
  expect(start.pages).toBeLessThanOrEqual(9);
  const end = await pagesOf(() => store.settle(claim.answer, succeeded(1)));
  // The row, by change, "ended" and "unsuccessful"; the attempt, "unfinished"; the number of commits.
  expect(end.pages).toBeLessThanOrEqual(7);
});

it("an update names the columns that change, and the fence", () => {
  const was = { name: "n", key: "k", call_id: "c", fence: 1, state: "reserved", code: null };
  expect(updateOperation({ ...was, state: "started", code: "x" }, was, positional)).toEqual({
    text: "UPDATE operations SET fence = ?, state = ?, code = ? WHERE name = ? AND key = ? AND fence = ? AND state = ?",
    values: [1, "started", "x", "n", "k", 1, "reserved"],
  });
  expect(updateOperation(was, was, positional).text).toContain("SET fence = ? WHERE");
});
