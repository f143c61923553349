import { describe, expect, test } from "vitest";
import type { Leave } from "../../src/resources/types.ts";
import { kinds, ownerOf, minutes, sliding, World } from "./harness.ts";

const HOUR = 3_600_000;
const usd = (amount: number) => amount * 1_000_000;
const world = (amount = 10) => new World({ budget: { microUsd: usd(amount), window: sliding(HOUR) } });
const costing = (amount: number | undefined): Partial<Leave> => ({
  microUsd: amount === undefined ? undefined : usd(amount),
});

/** A call that costs so much. */
function spend(of: World, amount: number | undefined, reserve?: number, name = "draft") {
  const { ticket, answer } = of.enter(1, { name, reserveMicroUsd: reserve && usd(reserve) });
  expect(answer).toMatchObject({ kind: "granted" });
  of.leave(1, ticket, costing(amount));
}

describe("the budget", () => {
  test("holds what was spent, what running calls may cost, and what this one may cost", () => {
    const one = world();
    spend(one, 4);
    const running = one.enter(1, { reserveMicroUsd: usd(3) });
    expect(running.answer).toMatchObject({ reserved: { microUsd: usd(3), basis: "max_budget" } });
    expect(one.enter(2, { reserveMicroUsd: usd(3.01) }).answer).toEqual({
      kind: "refused",
      code: "over_budget",
      retryAfterMs: HOUR,
      message:
        'was not started: the resource "anthropic" has spent $4.00 of its budget of $10.00 per 1 h, running calls may cost $3.00, and this call may cost $3.01 (as declared)',
    });
    expect(one.enter(2, { reserveMicroUsd: usd(3) }).answer).toMatchObject({ kind: "granted" });
    expect(one.view().budget).toMatchObject({ spentUsd: 4, reservedUsd: 6, unknownUsd: 0, of: 10 });
  });

  test("has room again when so much has left the window", () => {
    const one = world();
    spend(one, 6, 6);
    one.ms = minutes(20);
    spend(one, 4, 4);
    one.ms = minutes(30);
    expect(one.enter(1, { reserveMicroUsd: usd(6) }).answer).toMatchObject({ retryAfterMs: minutes(30) });
    expect(one.enter(1, { reserveMicroUsd: usd(7) }).answer).toMatchObject({ retryAfterMs: minutes(50) });
    one.ms = HOUR;
    expect(one.enter(1, { reserveMicroUsd: usd(6) }).answer).toMatchObject({ kind: "granted" });
  });

  test("what running calls hold is free when they end, and that is not known", () => {
    const one = world();
    const { ticket } = one.enter(1, { reserveMicroUsd: usd(10) });
    const { answer } = one.enter(1, { reserveMicroUsd: usd(1) });
    expect(answer).toMatchObject({
      code: "over_budget",
      advice: "Retry when a running call has ended, or raise the budget of the resource.",
    });
    expect(answer).toMatchObject({ retryAfterMs: undefined });
    one.leave(1, ticket, costing(0.5));
    expect(one.enter(1, { reserveMicroUsd: usd(9.5) }).answer).toMatchObject({ kind: "granted" });
  });

  test("a call that may cost more than all of it never runs, and says so", () => {
    expect(world().enter(1, { reserveMicroUsd: usd(11) }).answer).toEqual({
      kind: "refused",
      code: "over_budget",
      message:
        'was not started: it may cost $11.00 (as declared), which is more than the budget of $10.00 per 1 h of the resource "anthropic"',
      advice: "No retry can help. Raise the budget of the resource, or lower maxBudgetUsd.",
    });
  });

  test("of calls that wait, the one that is too dear is refused at once, and holds up no other", () => {
    const one = new World({ concurrency: 1, budget: { microUsd: usd(10), window: sliding(HOUR) } });
    const heads = [1, 20, 2].map((amount) => one.waiting({ reserveMicroUsd: usd(amount) }));
    expect(kinds(one.ask(1, heads))).toEqual(["granted", "over_budget", "waits"]);
  });

  test("what did not start costs nothing", () => {
    const one = world();
    const { ticket } = one.enter(1, { reserveMicroUsd: usd(10) });
    one.leave(1, ticket, { started: false });
    expect(one.view().budget).toMatchObject({ spentUsd: 0, reservedUsd: 0 });
  });

  test("without a known cost, calls run until something is spent beyond it", () => {
    const one = world(1);
    const { answer, ticket } = one.enter(1);
    expect(answer).toMatchObject({ reserved: { microUsd: 0, basis: "none" } });
    one.leave(1, ticket, costing(1));
    expect(one.enter(1, { name: "other" }).answer).toMatchObject({
      code: "over_budget",
      message:
        'was not started: the resource "anthropic" has spent $1.00 of its budget of $1.00 per 1 h, and what this call may cost is not known',
    });
  });
});

describe("an unknown cost", () => {
  test("is booked as its reservation, and marked", () => {
    const one = world();
    spend(one, undefined, 4);
    expect(one.view().budget).toMatchObject({ spentUsd: 4, unknownUsd: 4, unknownCalls: 1 });
    expect(one.enter(1, { reserveMicroUsd: usd(7) }).answer).toMatchObject({
      message: expect.stringContaining(
        "has spent $4.00 ($4.00 of it is assumed for 1 attempt that told no cost)",
      ),
    });
    one.ms = HOUR;
    expect(one.view().budget).toMatchObject({ spentUsd: 0, unknownUsd: 0, unknownCalls: 0 });
  });

  test("0 is known", () => {
    const one = world();
    spend(one, 0, 4);
    expect(one.view().budget).toMatchObject({ spentUsd: 0, unknownCalls: 0 });
  });

  test("of a process that died is booked too", () => {
    const one = world();
    one.enter(1, { reserveMicroUsd: usd(4) });
    one.liveness.set(ownerOf(1).id, "dead");
    expect(one.view().budget).toMatchObject({ spentUsd: 4, reservedUsd: 0, unknownCalls: 1 });
    one.enter(2);
    one.liveness.clear();
    expect(one.view().budget).toMatchObject({ spentUsd: 4, unknownCalls: 1 });
  });

  test("of a call that outlived its owner's lease is made good when it is told late, once", () => {
    const one = world();
    const { ticket } = one.enter(1, { reserveMicroUsd: usd(4) });
    one.liveness.set(ownerOf(1).id, "unknown");
    one.ms += 31_000;
    one.enter(2, { reserveMicroUsd: usd(1) });
    one.leave(1, ticket, costing(6));
    one.leave(1, ticket, costing(6));
    expect(one.view().budget).toMatchObject({ spentUsd: 6 });
  });
});

describe("the reservation of a call without a limit of its own", () => {
  test("is the 95th percentile of the last 50 of that name", () => {
    const one = world(100_000);
    for (let cost = 1; cost <= 60; cost++) spend(one, cost);
    spend(one, 1000, undefined, "other");
    // 11 to 60 are the last 50: the 48th of them is 58.
    expect(one.enter(1).answer).toMatchObject({ reserved: { microUsd: usd(58), basis: "last_50" } });
    expect(one.enter(1, { name: "new" }).answer).toMatchObject({ reserved: { basis: "none" } });
  });

  test("is named with where it comes from", () => {
    const one = world(10);
    spend(one, 6);
    expect(one.enter(1).answer).toMatchObject({
      code: "over_budget",
      message:
        'was not started: the resource "anthropic" has spent $6.00 of its budget of $10.00 per 1 h, and this call may cost $6.00 (95% of the last calls of this name cost no more)',
    });
  });

  test("leaves out what is not known", () => {
    const one = world(100);
    spend(one, 2);
    spend(one, undefined);
    expect(one.enter(1).answer).toMatchObject({ reserved: { microUsd: usd(2), basis: "last_50" } });
  });

  test("stays small for a thousand names", () => {
    const one = world(100_000);
    for (let call = 0; call < 1000; call++) {
      one.ms += 1000;
      spend(one, 0.123_456, undefined, `call-${call}`);
    }
    expect(one.text?.length).toBeLessThan(8000);
  });
});
