import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/cli/interface/exit-code.ts";
import { CallError, defineCall, defineResource, type Settled } from "../../../src/index.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { fakeClaude, SimulatedLedger } from "./simulated.ts";

const anthropic = defineResource({ name: "anthropic", concurrency: 3, circuitBreaker: true });

const callsOn = (stores: readonly LedgerStore[], callee: ReturnType<typeof fakeClaude>["callee"]) =>
  stores.map((ledger) =>
    defineCall({
      name: "draft",
      callee,
      timeout: "60s",
      effects: "none",
      journal: false,
      resource: anthropic,
      ledger,
    }),
  );

type Draft = ReturnType<typeof callsOn>[number];

const codesOf = (settled: readonly Settled<unknown>[]) =>
  settled.map((end) => (end instanceof CallError ? end.code : end.outcome));

describe("a key that was revoked", () => {
  it("1,988 calls of two processes in 40 minutes: three reach claude, and one trial each after 5, 15 and 35 minutes", async () => {
    const ledger = new SimulatedLedger();
    const { callee, reached } = fakeClaude("auth");
    const stores = [await ledger.open("ann"), await ledger.open("bob")] as const;
    const calls = callsOn(stores, callee) as [Draft, Draft];
    const everyMs = Math.round((40 * 60_000) / 994);
    const trials: number[] = [];

    // The scheduler has several under way when it first hears of it.
    const first = await Promise.all(
      Array.from({ length: 8 }, (_, n) => (calls[n % 2] as Draft).settle("hi")),
    );
    expect(codesOf(first).toSorted()).toEqual([
      "auth",
      "auth",
      "auth",
      ...Array<string>(5).fill("circuit_open"),
    ]);
    expect(reached()).toBe(3);

    const others: CallError[] = [];
    for (let made = first.length; made < 1988; made += calls.length) {
      ledger.now += everyMs;
      const pair = await Promise.all(calls.map((call) => call.settle("hi")));
      await ledger.atRest(stores[0], "anthropic");
      for (const end of pair) {
        if (!(end instanceof CallError)) throw new Error("a call succeeded without a key");
        if (end.code === "auth") trials.push(ledger.minutes);
        else others.push(end);
      }
    }
    expect(trials.map((minutes) => Math.round(minutes))).toEqual([5, 15, 35]);
    expect(reached()).toBe(6);
    expect(others).toHaveLength(1988 - 8 - 3);
    expect(new Set(others.map(({ code, circuit }) => `${code} ${circuit?.code}`))).toEqual(
      new Set(["circuit_open auth"]),
    );
    // As the first did: the key is wrong, and no time heals it.
    expect(new Set(others.map(exitCodeOf))).toEqual(new Set([77]));
  });

  it("a trial that succeeds closes the circuit for all", async () => {
    const ledger = new SimulatedLedger();
    const { callee, reached } = fakeClaude("auth,ok");
    const stores = [await ledger.open("ann"), await ledger.open("bob")] as const;
    const [one, other] = callsOn(stores, callee) as [Draft, Draft];
    await one.settle("hi");
    await ledger.atRest(stores[0], "anthropic");
    ledger.now += 5 * 60_000 - 1000;
    expect(codesOf([await other.settle("hi")])).toEqual(["circuit_open"]);
    ledger.now += 2000;
    const trial = await other.settle("hi");
    // The other process learns of its success once that is written.
    await ledger.atRest(stores[1], "anthropic");
    expect(codesOf([trial, await one.settle("hi")])).toEqual(["executed", "executed"]);
    expect(reached()).toBe(3);
  });
});

describe("a usage limit that ends at 13:00", () => {
  it("is run into three times, and 200 calls wait for its end; then calls run again", async () => {
    const ledger = new SimulatedLedger();
    const endsAt = Math.ceil(ledger.now / 1000) * 1000 + 52 * 60_000;
    const { callee, reached } = fakeClaude("usage-limit,usage-limit,usage-limit,ok", {
      FAKE_CLAUDE_RESETS_AT: String(endsAt / 1000),
    });
    const store = await ledger.open("ann");
    const [call] = callsOn([store], callee) as [Draft];
    const first = await Promise.all(Array.from({ length: 5 }, () => call.settle("hi")));
    await ledger.atRest(store, "anthropic");
    expect(codesOf(first).toSorted()).toEqual([
      "circuit_open",
      "circuit_open",
      ...Array<string>(3).fill("rate_limited"),
    ]);
    for (let made = 0; made < 200; made++) {
      ledger.now += 15_000;
      const end = await call.settle("hi");
      expect(end).toMatchObject({ code: "circuit_open", circuit: { code: "rate_limited" } });
      if (end instanceof CallError) expect(exitCodeOf(end)).toBe(75);
    }
    const last = await call.settle("hi");
    // The fake tells whole seconds, and the call reads them on the machine's clock.
    const toldMs = (last as CallError).retryAfterMs ?? 0;
    expect(Math.abs(ledger.now + toldMs - endsAt)).toBeLessThan(20_000);
    expect(reached()).toBe(3);
    ledger.now += toldMs + 1;
    expect(codesOf([await call.settle("hi")])).toEqual(["executed"]);
  });
});
