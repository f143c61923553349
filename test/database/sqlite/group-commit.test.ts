import { existsSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { connectSqlite } from "../../../src/database/sqlite/connect.ts";
import type { SqliteConnection } from "../../../src/database/sqlite/connection.ts";
import { turnsOf } from "../../../src/database/sqlite/turns/file.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { tempFolder, untilFile } from "../../helpers/files.ts";
import { succeed } from "../../helpers/succeed.ts";

const ledgerFile = () => path.join(tempFolder(), "ledger.db");

async function connect(file: string): Promise<SqliteConnection> {
  const db = await connectSqlite({ path: file });
  onTestFinished(() => db.close());
  return db;
}

/** Another process's view of the ledger. */
function another(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

const durableCommits = (database: DatabaseSync) =>
  Number(database.prepare("SELECT commits FROM ledger").get()?.["commits"]);

const PUT = "INSERT INTO resources (name, document, changed_at) VALUES (?, ?, 0)";
const put = (db: SqliteConnection, name: string, withinMs = 10_000, durable = true) =>
  db.write({ durable, withinMs }, () => {
    db.run(PUT, [name, ""]);
    return name;
  });
const names = (database: DatabaseSync) =>
  database
    .prepare("SELECT name FROM resources ORDER BY rowid")
    .all()
    .map(({ name }) => name);

it("writes that wait at one moment share one commit, in their order, and it is durable when one of them is", async () => {
  const file = ledgerFile();
  const db = await connect(file);
  const answers = ["a", "b", "c", "d"].map((name) => put(db, name, 10_000, name === "c"));
  const seen = await Promise.all(answers);
  expect(seen).toEqual(["a", "b", "c", "d"]);
  const other = another(file);
  expect(names(other)).toEqual(seen);
  expect(durableCommits(other)).toBe(1);
});

it("sixteen calls at once take three commits each as a group, not each for itself", async () => {
  const file = ledgerFile();
  const store = await openSqliteStore({ path: file });
  onTestFinished(() => store.close());
  const calls = Array.from({ length: 16 }, (_, index) => ({
    name: "group",
    key: `${index}`,
    callId: `${index}`,
  }));
  await Promise.all(calls.map((call) => succeed(store, call, { end: {}, value: call.key })));
  // 32 without groups. A slow machine cuts a group in two, as the event loop has to turn.
  expect(durableCommits(another(file))).toBeLessThanOrEqual(16);
});

it("one that fails takes back what it wrote, and nothing of the others", async () => {
  const file = ledgerFile();
  const db = await connect(file);
  const settled = await Promise.allSettled([
    put(db, "before"),
    db.write({ durable: true, withinMs: 10_000 }, () => {
      db.run(PUT, ["its own", ""]);
      throw new Error("no");
    }),
    put(db, "before"),
    put(db, "after"),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  expect(names(another(file))).toEqual(["before", "after"]);
});

it("no caller has its answer before the commit, and others do not see the write before", async () => {
  const file = ledgerFile();
  const db = await connect(file);
  const other = another(file);
  const seen: unknown[] = [];
  const answered: string[] = [];
  const first = put(db, "first").then((name) => answered.push(name));
  const second = db.write({ durable: true, withinMs: 10_000 }, () => {
    seen.push(...names(other), ...answered);
  });
  await Promise.all([first, second]);
  expect(seen).toEqual([]);
  expect(names(other)).toEqual(["first"]);
});

it("when a group does not fit on the disk, those that fit are written alone", async () => {
  const file = ledgerFile();
  const db = await connect(file);
  await put(db, "there");
  const pages = Number(Object.values(db.get("PRAGMA page_count", []) ?? {})[0]);
  // SQLite's own limit answers as a full disk does, and takes back the whole transaction.
  db.get(`PRAGMA max_page_count = ${pages + 2}`, []);
  const large = db.write({ durable: true, withinMs: 10_000 }, () =>
    db.run(PUT, ["large", "x".repeat(100_000)]),
  );
  const settled = await Promise.allSettled([put(db, "small"), large, put(db, "small too")]);
  expect(settled).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "ledger_unavailable", reason: "disk_full" } },
    { status: "fulfilled" },
  ]);
  expect(names(another(file))).toEqual(["there", "small", "small too"]);
});

it("one whose time is over does not get the error of another that did not fit", async () => {
  const file = ledgerFile();
  const db = await connect(file);
  const pages = Number(Object.values(db.get("PRAGMA page_count", []) ?? {})[0]);
  db.get(`PRAGMA max_page_count = ${pages + 2}`, []);
  const large = db.write({ durable: true, withinMs: 10_000 }, () =>
    db.run(PUT, ["large", "x".repeat(100_000)]),
  );
  const settled = await Promise.allSettled([large, put(db, "small", 0)]);
  expect(settled).toMatchObject([
    { status: "rejected", reason: { reason: "disk_full" } },
    { status: "fulfilled" },
  ]);
  expect(names(another(file))).toEqual(["small"]);
});

it("each waits for the lock as long as it said, whichever came first", async () => {
  const file = ledgerFile();
  const db = await connect(file);
  const locker = another(file);
  locker.exec("BEGIN IMMEDIATE");
  const patient = put(db, "patient", 60_000);
  await untilFile(turnsOf(file), () => existsSync(turnsOf(file)));
  const hasty = put(db, "hasty", 20);
  await expect(hasty).rejects.toMatchObject({ code: "ledger_unavailable", reason: "locked" });
  locker.exec("COMMIT");
  expect(await patient).toBe("patient");
  expect(names(locker)).toEqual(["patient"]);
});

it("all that wait learn that the ledger was closed", async () => {
  const db = await connect(ledgerFile());
  const settled = [put(db, "a"), put(db, "b")];
  await db.close();
  for (const write of await Promise.allSettled(settled)) {
    expect(write).toMatchObject({ status: "rejected", reason: { reason: "closed" } });
  }
});
