import { existsSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { TurnFile, turnsOf } from "../../../../src/database/sqlite/turns/file.ts";
import { Turns } from "../../../../src/database/sqlite/turns/turns.ts";
import { openSqliteStore } from "../../../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../../../src/ledger/store/store.ts";
import { tempFolder, untilFile } from "../../../helpers/files.ts";
import { succeed } from "../../../helpers/succeed.ts";
import { LedgerProcess } from "../../../ledger/child.ts";

function newLedger(): string {
  const file = path.join(tempFolder(), "ledger.db");
  writeFileSync(file, "", { mode: 0o600 });
  return file;
}

/** By a clock that the test sets. */
let now = 1000;
beforeEach(() => {
  now = 1000;
});

/** One process of several that wait for each other. */
function turnsAt(ledger: string): Turns {
  const turns = new Turns(ledger, () => now);
  onTestFinished(() => turns.close());
  turns.enter();
  return turns;
}

function fileOf(ledger: string): TurnFile {
  const file = TurnFile.open(ledger, { create: true });
  if (file === undefined) throw new Error("no file of turns");
  onTestFinished(() => file.close());
  return file;
}

async function open(file: string): Promise<LedgerStore> {
  const store = await openSqliteStore({ path: file });
  onTestFinished(() => store.close());
  return store;
}

const mayTry = (turns: Turns) => turns.step() === undefined;

function write(turns: Turns, times: number): void {
  for (let done = 0; done < times; done++) turns.took();
}

it("processes write in order of arrival, each until its turn is over", () => {
  const ledger = newLedger();
  const [first, second, third] = [turnsAt(ledger), turnsAt(ledger), turnsAt(ledger)];
  // It tries, as there is no file yet, and meets the lock of another.
  expect(mayTry(second)).toBe(true);
  second.busy();
  first.took();
  now += 1;
  third.busy();
  write(first, 6);
  expect(mayTry(first)).toBe(true);
  now += 3;
  // Its time is over, and the one that has waited longest is next.
  expect([first, third, second].map(mayTry)).toEqual([false, false, true]);
  write(second, 7);
  expect([first, third, second].map(mayTry)).toEqual([false, false, true]);
  now += 3;
  expect([second, first, third].map(mayTry)).toEqual([false, false, true]);
  write(third, 7);
  now += 3;
  expect([third, second, first].map(mayTry)).toEqual([false, false, true]);
  for (const turns of [first, second, third]) turns.leave();
  expect(fileOf(ledger).read().waiters).toEqual([]);
});

it("on a slow disk a process keeps its turn for seven writes, but not for more than 12 ms", () => {
  const ledger = newLedger();
  const [slow, other] = [turnsAt(ledger), turnsAt(ledger)];
  other.busy();
  slow.took();
  for (let ms = 0; ms < 9; ms += 3) {
    now += 3;
    expect([slow, other].map(mayTry)).toEqual([true, false]);
    slow.took();
  }
  now += 3;
  expect([slow, other].map(mayTry)).toEqual([false, true]);
});

it("a process that has nothing more to write gives its turn back", async () => {
  const ledger = newLedger();
  const [idle, other] = [turnsAt(ledger), turnsAt(ledger)];
  other.busy();
  idle.took();
  idle.leave();
  now += 1;
  expect(mayTry(other)).toBe(false);
  await untilFile(turnsOf(ledger), () => mayTry(other));
  expect(now).toBe(1001);
});

it("waiters that are dead are struck by the one that passes them over", () => {
  const ledger = newLedger();
  const file = fileOf(ledger);
  for (let id = 1; id <= 300; id++) {
    file.read();
    file.enlist({ id, since: id });
  }
  expect(file.read().waiters).toHaveLength(255);
  const turns = turnsAt(ledger);
  expect(mayTry(turns)).toBe(true);
  turns.took();
  turns.leave();
  expect(file.read().waiters).toEqual([]);
});

it("what is no process's entry delays no turn", () => {
  const ledger = newLedger();
  // An id that equals nothing could never be struck, and each turn would wait for it.
  writeFileSync(turnsOf(ledger), new Float64Array([0, 0, NaN, 1, -5, 1, 0.5, 1, Infinity, 1]));
  expect(fileOf(ledger).read().waiters).toEqual([]);
});

it("a file of another name is not written to, and not given the ledger's mode", () => {
  const ledger = newLedger();
  const foreign = path.join(tempFolder(), "foreign");
  writeFileSync(foreign, "x".repeat(5000), { mode: 0o640 });
  linkSync(foreign, turnsOf(ledger));
  expect(() => TurnFile.open(ledger, { create: true })).toThrow("second name");
  const turns = turnsAt(ledger);
  turns.busy();
  write(turns, 1);
  expect(readFileSync(foreign, "utf8")).toBe("x".repeat(5000));
  expect(statSync(foreign).mode & 0o777).toBe(0o640);
});

it("there is no file until one process has met the lock of another, and then it is as private as the ledger", async () => {
  const ledger = path.join(tempFolder(), "ledger.db");
  const store = await open(ledger);
  await succeed(store, { name: "turns", key: "a", callId: "a" }, { end: {}, value: 1 });
  expect(existsSync(turnsOf(ledger))).toBe(false);
  const other = new DatabaseSync(ledger);
  other.exec("BEGIN IMMEDIATE");
  const waiting = store.changeResource({ name: "anthropic" }, () => ({ text: "", answer: "changed" }));
  await untilFile(turnsOf(ledger), () => existsSync(turnsOf(ledger)));
  other.exec("ROLLBACK");
  other.close();
  expect(await waiting).toBe("changed");
  expect(statSync(turnsOf(ledger)).mode & 0o777).toBe(0o600);
});

it.each([
  ["a folder", (file: string) => mkdirSync(file)],
  ["of words", (file: string) => writeFileSync(file, "x".repeat(5000))],
  ["empty", (file: string) => writeFileSync(file, "")],
])("a file of turns that is %s costs nothing but the order", async (_, make) => {
  const ledger = path.join(tempFolder(), "ledger.db");
  await (await openSqliteStore({ path: ledger })).close();
  make(turnsOf(ledger));
  const others = await Promise.all([LedgerProcess.begin(), LedgerProcess.begin()]);
  onTestFinished(async () => {
    await Promise.all(others.map(async (child) => await child.end()));
  });
  await Promise.all(others.map(async (child) => await child.tell({ do: "open", path: ledger })));
  const spun = await Promise.all(others.map(async (child) => await child.tell({ do: "append", words: 50 })));
  expect(spun.every((decisions) => Number(decisions) >= 50)).toBe(true);
  expect(others.map(({ stderr }) => stderr).join("")).toBe("");
});

it("a stopped process that waits and one that has the turn keep no other from writing", async () => {
  const ledger = path.join(tempFolder(), "ledger.db");
  const [stopped, other] = await Promise.all([LedgerProcess.begin(), LedgerProcess.begin()]);
  onTestFinished(async () => {
    await Promise.all([stopped.end(), other.end()]);
  });
  await Promise.all([stopped, other].map(async (child) => await child.tell({ do: "open", path: ledger })));
  const endless = stopped.tell({ do: "append", words: 1_000_000 }).catch(() => "killed");
  await other.tell({ do: "append", words: 20 });
  stopped.signal("SIGSTOP");
  const id = 77;
  const file = fileOf(ledger);
  file.writeTurn(id, Number(process.hrtime.bigint()) / 1e6 + 3);
  file.read();
  file.enlist({ id, since: 1 });
  // It may have been stopped with SQLite's lock, which no turn can take from it: then it has to go on for a moment.
  const wake = setInterval(() => {
    stopped.signal("SIGCONT");
    stopped.signal("SIGSTOP");
  }, 100);
  onTestFinished(() => clearInterval(wake));
  expect(await other.tell({ do: "append", words: 20 })).toBeGreaterThanOrEqual(20);
  await stopped.end();
  expect(await endless).toBe("killed");
});
