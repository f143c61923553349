import { DatabaseSync } from "node:sqlite";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { defineCall } from "../../../src/call/define-call.ts";
import { task } from "../../../src/callees/task.ts";
import { openLedger } from "../../../src/index.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { fixture, tempFolder } from "../../helpers/files.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { countWaits } from "../../helpers/machine.ts";
import { hardcall } from "../../helpers/run.ts";

/** How much longer than its time a call may take on an idle machine. */
const SLACK_MS = 700;
/** What a busy machine adds is not counted, up to this: without a bound of its own a wait for the lock is 10 s. */
const BUSY_MS = 4000;

async function emptyLedger(): Promise<{ ledger: string; lock: (how: string) => () => void }> {
  const ledger = ledgerPath();
  await (await openSqliteStore({ path: ledger })).close();
  const lock = (how: string) => {
    const locker = new DatabaseSync(ledger);
    onTestFinished(() => {
      if (locker.isOpen) locker.close();
    });
    locker.exec(how);
    return () => locker.close();
  };
  return { ledger, lock };
}

/** Meanwhile no other process can read, write or open it. */
const EXCLUSIVE = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";

function callThen(
  fault: () => void,
  ledger: string,
  timeout: string,
  run = async (): Promise<unknown> => "out",
) {
  return defineCall({
    name: "in-time",
    callee: task(async (_key: string) => {
      fault();
      return run();
    }),
    timeout,
    effects: "once",
    key: (key: string) => key,
    ledger,
  });
}

async function timed<T>(work: () => Promise<T>): Promise<{ settled: T; ms: number }> {
  const waited = countWaits();
  const begin = performance.now();
  const settled = await work();
  return { settled, ms: performance.now() - begin - Math.min(waited(), BUSY_MS) };
}

it("a ledger that is locked when the work is done: the call ends on time, and its error has the result", async () => {
  const { ledger, lock } = await emptyLedger();
  const call = callThen(() => lock("BEGIN IMMEDIATE"), ledger, "1s");
  const { settled, ms } = await timed(() => call.settle("a"));
  expect(settled).toMatchObject({ code: "ledger_unavailable", effect: "completed", value: "out" });
  expect(ms).toBeLessThan(1000 + SLACK_MS);
});

it("a ledger that is locked when the work has failed: the call ends on time", async () => {
  const { ledger, lock } = await emptyLedger();
  const fail = () => Promise.reject(new Error("no"));
  const call = callThen(() => lock("BEGIN IMMEDIATE"), ledger, "1s", fail);
  const { settled, ms } = await timed(() => call.settle("a"));
  expect(settled).toMatchObject({ code: "ledger_unavailable", effect: "unknown" });
  expect(ms).toBeLessThan(1000 + SLACK_MS);
});

it("a ledger that is locked when the time is over: the call ends on time", async () => {
  const { ledger, lock } = await emptyLedger();
  const hang = () => new Promise(() => undefined);
  const call = defineCall({
    name: "in-time",
    callee: task(
      async (_key: string) => {
        lock("BEGIN IMMEDIATE");
        return hang();
      },
      { cancelGrace: 1 },
    ),
    timeout: "1s",
    effects: "once",
    key: (key: string) => key,
    ledger,
  });
  const { settled, ms } = await timed(() => call.settle("a"));
  expect(settled).toMatchObject({ code: "ledger_unavailable", effect: "unknown" });
  expect(ms).toBeLessThan(1000 + SLACK_MS);
});

it("a ledger that cannot be opened for a lock: each call ends on its own time, and who has more of it goes on", async () => {
  const { ledger, lock } = await emptyLedger();
  const unlock = lock(EXCLUSIVE);
  const hasty = timed(() => callThen(() => undefined, ledger, "500ms").settle("a"));
  const patient = callThen(() => undefined, ledger, "50s").settle("b");
  const { settled, ms } = await hasty;
  expect(settled).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
  expect(settled).toHaveProperty(
    "message",
    expect.stringMatching(/was locked by another process for 0\.\d s/),
  );
  expect(ms).toBeLessThan(500 + SLACK_MS);
  unlock();
  expect(await patient).toMatchObject({ outcome: "executed", value: "out" });
});

it("hardcall run on a locked ledger ends on time, and starts nothing", async () => {
  const { ledger, lock } = await emptyLedger();
  lock(EXCLUSIVE);
  const mark = path.join(tempFolder(), "mark");
  const command = ["--", fixture("leaves-a-mark.sh"), mark];
  const argv = ["run", "--timeout", "1s", "--key", "a", "--ledger", ledger, ...command];
  const waited = countWaits();
  const ended = await hardcall(argv);
  expect(ended).toMatchObject({ exitCode: 74 });
  // Loading and stripping the source takes its time as well; a wait of its own would be ten seconds.
  expect(ended.ms - Math.min(waited(), BUSY_MS)).toBeLessThan(4000);
  expect(existsSync(mark)).toBe(false);
});

it("closing a ledger that was opened to look at breaks no later call, and none under way", async () => {
  const ledger = ledgerPath();
  const looking = await openLedger(ledger);
  const call = callThen(() => void looking.close(), ledger, "50s");
  expect(await call.settle("a")).toMatchObject({ outcome: "executed" });
  await expect(looking.list()).rejects.toMatchObject({ code: "ledger_unavailable", reason: "closed" });
  // The last that used it has closed it: SQLite then moves the log into the file.
  expect(existsSync(`${ledger}-wal`)).toBe(false);
  expect(readFileSync(ledger).includes("in-time")).toBe(true);
  expect(await call.settle("a")).toMatchObject({ outcome: "replayed" });
  expect(await call.settle("b")).toMatchObject({ outcome: "executed" });
});

it("two who opened one ledger close it each for themselves", async () => {
  const ledger = ledgerPath();
  const [one, other] = await Promise.all([openLedger(ledger), openLedger(ledger)]);
  await one.close();
  await one.close();
  expect(await other.list()).toEqual([]);
  expect(existsSync(`${ledger}-wal`)).toBe(true);
  await other.close();
  expect(existsSync(`${ledger}-wal`)).toBe(false);
});
