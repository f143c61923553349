import { describe, expect, it } from "vitest";
import { defineCall, defineResource, task } from "../../../src/index.ts";
import { fixture } from "../../helpers/files.ts";
import { fakeClaude, SimulatedLedger } from "./simulated.ts";

const anthropic = defineResource({ name: "anthropic", budget: { usd: 1, per: "1d" } });

async function spending(callee: ReturnType<typeof fakeClaude>["callee"], timeout = "20s") {
  const ledger = new SimulatedLedger();
  const store = await ledger.open("ann");
  const call = defineCall({
    name: "draft",
    callee,
    timeout,
    effects: "none",
    journal: false,
    resource: anthropic,
    ledger: store,
  });
  return { ledger, store, call };
}

describe("what a call of claude costs", () => {
  it("is what it told, when it has ended", async () => {
    const { callee } = fakeClaude("ok");
    const { ledger, store, call } = await spending(callee);
    const ended = await call.settle("hi");
    const { budget } = await ledger.atRest(store, "anthropic");
    expect(ended.totalCostUsd).toBeGreaterThan(0);
    expect(budget?.spentUsd).toBeCloseTo(ended.totalCostUsd ?? 0, 6);
    expect(budget).toMatchObject({ unknownUsd: 0, unknownCalls: 0, reservedUsd: 0 });
  });

  it("is the last figure of its stream, when it was stopped", async () => {
    const { callee } = fakeClaude(
      "",
      {},
      { claudePath: fixture("answers-after-term.mjs"), maxBudgetUsd: 0.5 },
    );
    const { ledger, store, call } = await spending(callee, "2s");
    expect(await call.settle("hi")).toMatchObject({ code: "timeout" });
    const { budget } = await ledger.atRest(store, "anthropic");
    expect(budget).toMatchObject({ spentUsd: 0.02, unknownUsd: 0, unknownCalls: 0 });
  });

  it.each([
    ["hang", "timeout", "2s"],
    ["crash", "killed", "20s"],
  ])("in mode %s is unknown: its reservation is booked, and marked", async (mode, code, timeout) => {
    const { callee } = fakeClaude(mode, {}, { maxBudgetUsd: 0.4 });
    const { ledger, store, call } = await spending(callee, timeout);
    expect(await call.settle("hi")).toMatchObject({ code });
    const { budget } = await ledger.atRest(store, "anthropic");
    expect(budget).toMatchObject({ spentUsd: 0.4, unknownUsd: 0.4, unknownCalls: 1, reservedUsd: 0 });
  });

  it("is held before it starts: a call that would go over is not started, and is told when there is room", async () => {
    const { callee, reached } = fakeClaude("ok", {}, { maxBudgetUsd: 0.6 });
    const { ledger, store, call } = await spending(callee);
    const [one, other] = await Promise.all([call.settle("hi"), call.settle("hi")]);
    expect([one, other].map((end) => (end instanceof Error ? end.code : end.outcome)).toSorted()).toEqual([
      "executed",
      "over_budget",
    ]);
    expect(reached()).toBe(1);
    // It cost less than it might have.
    await ledger.atRest(store, "anthropic");
    expect(await call.settle("hi")).toMatchObject({ outcome: "executed" });
  });
});

describe("a budget for a task", () => {
  it("counts what the resource's own cost says, and has room again when the window has moved on", async () => {
    const ledger = new SimulatedLedger();
    const store = await ledger.open("ann");
    const resource = defineResource({
      name: "tokens",
      budget: { usd: 1, per: "1h" },
      cost: ({ value }) => (value as { usd: number }).usd,
    });
    const call = defineCall({
      name: "ask",
      callee: task(async (usd: number) => ({ usd })),
      timeout: "20s",
      effects: "none",
      journal: false,
      resource,
      ledger: store,
    });
    await call(0.4);
    await ledger.atRest(store, "tokens");
    ledger.now += 10 * 60_000;
    await call(0.5);
    const refused = await call.settle(0.1);
    expect(refused).toMatchObject({ code: "over_budget", effect: "not_started" });
    expect((refused as { retryAfterMs?: number }).retryAfterMs).toBeLessThanOrEqual(50 * 60_000);
    ledger.now += 51 * 60_000;
    expect(await call.settle(0.1)).toMatchObject({ outcome: "executed" });
  });
});
