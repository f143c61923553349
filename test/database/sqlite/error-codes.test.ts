import { expect, test } from "vitest";
import { explainSqlite, isBusy } from "../../../src/database/sqlite/errors.ts";

const sqliteError = (message: string, more: object = {}) =>
  Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", ...more });

test("an error of exec() under Deno, which has no code, is known by the words of SQLite", () => {
  expect(isBusy(sqliteError("database is locked"))).toBe(true);
  expect(isBusy(sqliteError("no such table: calls"))).toBe(false);
  expect(explainSqlite(sqliteError("database or disk is full"), "/x/ledger.db")).toMatchObject({
    message: expect.stringContaining("is full") as string,
  });
});

test("the code decides where there is one, and the words of another error say nothing", () => {
  expect(isBusy(sqliteError("database is locked", { errcode: 11 }))).toBe(false);
  expect(isBusy(sqliteError("a word", { errcode: 261 }))).toBe(true);
  expect(isBusy(new Error("database is locked"))).toBe(false);
});
