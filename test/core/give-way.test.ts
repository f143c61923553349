import { describe, expect, it } from "vitest";
import { defineCall, task } from "../../src/index.ts";
import { createMemoryStore } from "../../src/ledger/store/memory.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
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

it("calls that do much before they wait for anything let the event loop turn between them", async () => {
  let [inTurn, most] = [0, 0];
  const turn = setInterval(() => (inTurn = 0), 1);
  const callee = task(async () => {
    most = Math.max(most, ++inTurn);
    for (const until = performance.now() + 3; performance.now() < until;);
  });
  const call = defineCall({ name: "busy", callee, timeout: "50s", effects: "none" });
  // Loads what a call needs, for which all of them would wait together.
  await call();
  await Promise.all(Array.from({ length: 200 }, () => call()));
  clearInterval(turn);
  expect(most).toBeLessThan(20);
});
