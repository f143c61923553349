import { copyFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { NotYet } from "../../../src/database/sqlite/errors.ts";
import { FileIdentity } from "../../../src/database/sqlite/file-identity.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { start, succeeded } from "../../ledger/harness.ts";

/** A ledger that is closed, with some calls in its file. */
async function ledgerFile(): Promise<string> {
  const file = ledgerPath();
  const store = await openSqliteStore({ path: file });
  for (const key of ["a", "b", "c"]) await store.settle(await start(store, "once", { key }), succeeded(key));
  await store.close();
  return file;
}

/** The identity of a file by a clock that the test sets, and how often its log was asked. */
function identityOf(file: string) {
  const database = new DatabaseSync(file);
  const row = database.prepare("SELECT lineage, commits FROM ledger").get();
  const about = { lineage: String(row?.["lineage"]), commits: Number(row?.["commits"]) };
  // As long as it is open, there is a log.
  database.exec("BEGIN IMMEDIATE; COMMIT");
  const at = { now: 1000, asked: 0, isOverwritten: false };
  const identity = new FileIdentity(file, about.lineage, {
    throughLog: () => {
      at.asked += 1;
      return about;
    },
    onOverwritten: () => {
      at.isOverwritten = true;
    },
    now: () => at.now,
  });
  return { at, identity, database };
}

it("a file that is damaged gets 20 ms for a checkpoint to end before all of its log is read", async () => {
  const file = await ledgerFile();
  const { at, identity, database } = identityOf(file);
  identity.check();
  truncateSync(file, 6000);
  for (const ms of [0, 1, 18.9]) {
    at.now = 1000 + ms;
    expect(() => identity.check()).toThrow(NotYet);
  }
  expect(at.asked).toBe(0);
  at.now = 1020;
  // The log has it all, so this is a checkpoint that has stopped half-way.
  identity.check();
  expect(at).toMatchObject({ asked: 1, isOverwritten: false });
  database.close();
});

it("a checkpoint that ends within these 20 ms costs no reading of the log", async () => {
  const file = await ledgerFile();
  const { at, identity, database } = identityOf(file);
  const whole = readFileSync(file);
  truncateSync(file, 6000);
  expect(() => identity.check()).toThrow(NotYet);
  writeFileSync(file, whole);
  at.now += 19;
  identity.check();
  at.now += 100;
  truncateSync(file, 6000);
  // The next one has its own 20 ms.
  expect(() => identity.check()).toThrow(NotYet);
  expect(at.asked).toBe(0);
  database.close();
});

it("what is looked at ahead of a turn hides nothing from the check under the lock", async () => {
  const file = await ledgerFile();
  const older = readFileSync(file);
  const store = await openSqliteStore({ path: file });
  for (const key of ["d", "e"]) await store.settle(await start(store, "once", { key }), succeeded(key));
  await store.close();
  const { at, identity, database } = identityOf(file);
  // An older copy written over it.
  writeFileSync(file, older);
  identity.prepare();
  expect(() => identity.check()).toThrow(NotYet);
  at.now += 1000;
  identity.prepare();
  expect(() => identity.check()).toThrow("was overwritten while it was open");
  expect(at.isOverwritten).toBe(true);
  // Another file in its place, with the same content.
  copyFileSync(file, `${file}.copy`);
  renameSync(`${file}.copy`, file);
  identity.prepare();
  expect(() => identity.check()).toThrow("was replaced while it was open");
  database.close();
});
