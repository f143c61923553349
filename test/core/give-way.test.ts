import { describe, expect, it } from "vitest";
import { Deadline } from "../../src/call/deadline.ts";
import { defineCall, task } from "../../src/index.ts";
import { createMemoryStore } from "../../src/ledger/store/memory.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { endTree } from "../../src/process/end-tree.ts";
import type { Tree } from "../../src/process/tree.ts";
import { ledgerPath } from "../helpers/ledger.ts";

/** More of them than can go by in the time that the timers of these tests take. */
const MANY = 50_000;

/** Calls that wait for nothing: replays, and a task that has its answer at once. */
function callOf(ledger: LedgerStore | string | undefined): () => Promise<unknown> {
  const common = {
    name: "at-once",
    callee: task(async (_input: undefined) => "here"),
    timeout: "50s",
    effects: "none",
  } as const;
  const call =
    ledger === undefined ? defineCall(common) : defineCall({ ...common, key: () => "the-one", ledger });
  return () => call.settle(undefined);
}

describe.each([
  ["replayed from a file", () => ledgerPath()],
  ["replayed from memory", () => createMemoryStore()],
  ["without a key", () => undefined],
])("calls %s", (_case, ledger) => {
  it("one after the other let a timer fire", async () => {
    const call = callOf(ledger());
    await call();
    const fired = new AbortController();
    let calls = 0;
    setTimeout(() => fired.abort(), 20);
    for (; !fired.signal.aborted && calls < MANY; calls++) await call();
    expect(calls).toBeLessThan(MANY);
  });

  it("many at once let a timer fire", async () => {
    const call = callOf(ledger());
    await call();
    let settled = 0;
    let settledBefore: number | undefined;
    setTimeout(() => (settledBefore = settled), 0);
    const all = Array.from({ length: 3000 }, async () => {
      await call();
      settled += 1;
    });
    await Promise.all(all);
    expect(settledBefore).toBeLessThan(settled);
  });
});

/** Busy for so long. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** Counts what happens within one turn of the event loop. */
function countPerTurn() {
  let [inTurn, most] = [0, 0];
  let isNew = true;
  return {
    add: () => {
      if (isNew) setImmediate(() => (isNew = true));
      inTurn = isNew ? 1 : inTurn + 1;
      isNew = false;
      most = Math.max(most, inTurn);
    },
    most: () => most,
  };
}

it("calls that do much before they wait for anything let the event loop turn between them", async () => {
  const started = countPerTurn();
  const callee = task(async () => {
    started.add();
    work(3);
  });
  const call = defineCall({ name: "busy", callee, timeout: "50s", effects: "none" });
  // Loads what a call needs, for which all of them would wait together.
  await call();
  await Promise.all(Array.from({ length: 200 }, () => call()));
  expect(started.most()).toBeLessThan(20);
});

it("limits that pass together let the event loop turn between the calls that they stop", async () => {
  const stopped = countPerTurn();
  const endsAt = performance.now() + 20;
  const limits = { totalMs: 20, attemptMs: undefined, idleMs: undefined };
  const all = Array.from({ length: 200 }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    new Deadline(limits, endsAt, undefined).signal.addEventListener("abort", () => {
      stopped.add();
      work(3);
      resolve();
    });
    return promise;
  });
  await Promise.all(all);
  expect(stopped.most()).toBeLessThan(20);
});

it("trees that one look serves let the event loop turn between their signals", async () => {
  const signalled = countPerTurn();
  const looked = Promise.withResolvers<readonly number[]>();
  const all = Array.from({ length: 200 }, () => {
    let isAlive = true;
    const tree: Tree = {
      certain: true,
      lookFailed: false,
      limit: undefined,
      unread: 0,
      look: () => (isAlive ? looked.promise : Promise.resolve([])),
      anyKnownAlive: () => isAlive,
      signal: (name) => {
        isAlive = false;
        if (name !== "SIGTERM") return;
        signalled.add();
        work(3);
      },
      killOnSight: () => undefined,
      leaderExited: () => undefined,
    };
    return endTree(tree, 1000);
  });
  looked.resolve([1]);
  expect(await Promise.all(all)).toEqual(all.map(() => 0));
  expect(signalled.most()).toBeLessThan(20);
});

it("a limit does not wait for the replays that came before it", async () => {
  const call = callOf(createMemoryStore());
  await call();
  let settled = 0;
  const replays = Array.from({ length: 5000 }, async () => {
    await call();
    settled += 1;
  });
  const limits = { totalMs: 1, attemptMs: undefined, idleMs: undefined };
  const deadline = new Deadline(limits, performance.now() + 1, undefined);
  const stopped = new Promise<number>((resolve) => {
    deadline.signal.addEventListener("abort", () => resolve(settled));
  });
  expect(await stopped).toBeLessThan(replays.length);
  await Promise.all(replays);
});
