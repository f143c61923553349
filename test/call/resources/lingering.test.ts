import { describe, expect, it } from "vitest";
import { defineCall, defineResource, rejected, task } from "../../../src/index.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { SimulatedLedger } from "./simulated.ts";

/** Work that ignores its signal, until the test ends it. */
function stubborn() {
  const end = Promise.withResolvers<void>();
  const callee = task(() => end.promise, { cancelGrace: "10ms" });
  return { callee, end: () => end.resolve() };
}

const COMMON = { timeout: "200ms", effects: "none", journal: false } as const;

describe("a task that ignores its signal", () => {
  it("keeps its place until its work ends; its call ends in time", async () => {
    const ledger = ledgerPath();
    const resource = defineResource({ name: "printer", concurrency: 1 });
    const { callee, end } = stubborn();
    const first = defineCall({ ...COMMON, name: "first", callee, resource, ledger });
    const next = { ...COMMON, name: "next", callee: task(() => "done"), resource, ledger } as const;
    expect(await first.settle()).toMatchObject({ code: "timeout" });
    expect(await defineCall({ ...next, onBusy: "fail" }).settle()).toMatchObject({ code: "busy" });
    const waiting = defineCall({ ...next, timeout: "20s" }).settle();
    end();
    expect(await waiting).toMatchObject({ outcome: "executed" });
  });

  it("holds what it may still cost until then, and then costs what it says", async () => {
    const ledger = new SimulatedLedger();
    const store = await ledger.open("ann");
    const resource = defineResource({ name: "api", budget: { usd: 1, per: "1d" }, cost: 0.4 });
    const { callee, end } = stubborn();
    const call = defineCall({ ...COMMON, name: "first", callee, resource, ledger: store });
    expect(await call.settle()).toMatchObject({ code: "timeout" });
    // Its change carries what the first call gave back, if that did.
    await defineCall({ ...COMMON, name: "next", callee: task(() => 1), resource, ledger: store })();
    const { places } = await ledger.view(store, "api");
    expect(places).toContainEqual(expect.objectContaining({ name: "first", reservedUsd: 0.4 }));
    end();
    expect((await ledger.atRest(store, "api")).budget).toMatchObject({ spentUsd: 0.8, reservedUsd: 0 });
  });

  it("is no trial of the circuit breaker any more: the next call is", async () => {
    const ledger = new SimulatedLedger();
    const store = await ledger.open("ann");
    const resource = defineResource({ name: "api", circuitBreaker: true });
    const common = { ...COMMON, resource, ledger: store } as const;
    const denied = defineCall({
      ...common,
      name: "denied",
      callee: task(() => {
        throw rejected("the key is revoked", { status: 401 });
      }),
    });
    expect(await denied.settle()).toMatchObject({ code: "auth" });
    await ledger.atRest(store, "api");
    ledger.now += 6 * 60_000;
    const { callee, end } = stubborn();
    expect(await defineCall({ ...common, name: "trial", callee }).settle()).toMatchObject({
      code: "timeout",
    });
    const next = defineCall({ ...common, name: "next", callee: task(() => "done") });
    expect(await next.settle()).toMatchObject({ outcome: "executed" });
    end();
    expect((await ledger.atRest(store, "api")).breaker).toMatchObject({ state: "closed" });
  });
});
