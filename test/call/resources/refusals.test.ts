import { writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { command, defineCall, defineResource, rejected, task } from "../../../src/index.ts";
import { ledgerPath } from "../../helpers/ledger.ts";

const broken = defineResource({ name: "service", circuitBreaker: true });

/** A task that throws what it is told, once each, and then succeeds. */
function failing(ledger: string, more: object = {}) {
  const seen: number[] = [];
  const call = defineCall({
    name: "ask",
    callee: task(async (failure: Error | undefined) => {
      seen.push(seen.length + 1);
      if (failure !== undefined) throw failure;
      return "done";
    }),
    timeout: "20s",
    effects: "none",
    journal: false,
    resource: broken,
    ledger,
    ...more,
  });
  return { call, seen };
}

describe("the circuit breaker of a resource", () => {
  it("opens when a task vouches that the service refused its credentials; the next call is circuit_open", async () => {
    const { call, seen } = failing(ledgerPath());
    const first = await call.settle(rejected("revoked", { status: 401 }));
    expect(first).toMatchObject({ code: "auth" });
    const second = await call.settle(undefined);
    expect(second).toMatchObject({
      code: "circuit_open",
      effect: "not_started",
      retryable: true,
      attempts: [],
      circuit: { code: "auth", callId: first.callId, name: "ask" },
    });
    expect((second as { retryAfterMs?: number }).retryAfterMs).toBeGreaterThan(290_000);
    expect(seen).toHaveLength(1);
    // An error as JSON says why, too.
    expect(JSON.parse(JSON.stringify(second))).toMatchObject({ circuit: { code: "auth" } });
  });

  it.each([
    [
      "an error with a status of something inside the task",
      () => Object.assign(new Error("x"), { status: 401 }),
    ],
    ["an error with a code", () => Object.assign(new Error("x"), { code: "auth" })],
    ["a refusal without a status", () => rejected("no")],
  ])("does not open for %s", async (_, failure) => {
    const { call } = failing(ledgerPath());
    await call.settle(failure());
    expect(await call.settle(undefined)).toMatchObject({ outcome: "executed" });
  });

  it("a retry that it refuses leaves the call its own code, with the time until it may be let through, and frees its key", async () => {
    const ledger = ledgerPath();
    let attempts = 0;
    const call = defineCall({
      name: "ask",
      callee: task(async () => {
        attempts++;
        throw rejected("overloaded", { status: 529 });
      }),
      timeout: "20s",
      effects: "keyed",
      journal: false,
      key: () => "a",
      resource: defineResource({ name: "service", circuitBreaker: { failures: 1 } }),
      retry: { attempts: 3, baseDelay: 1, minAttempt: 1 },
      ledger,
    });
    const ended = await call.settle();
    expect(ended).toMatchObject({
      code: "overloaded",
      effect: "rejected",
      message: expect.stringMatching(/; its retry .*"service"/) as string,
    });
    expect((ended as { retryAfterMs?: number }).retryAfterMs).toBeGreaterThan(290_000);
    expect(ended).not.toHaveProperty("circuit");
    expect(attempts).toBe(1);
    const other = defineCall({
      name: "ask",
      callee: task(async () => "by another"),
      timeout: "20s",
      effects: "keyed",
      journal: false,
      key: () => "a",
      ledger,
    });
    expect(await other.settle()).toMatchObject({ outcome: "executed", value: "by another" });
  });

  it("a retry that comes just before its known end waits for it", async () => {
    let isFirst = true;
    const once = defineCall({
      name: "once",
      callee: task(async () => {
        if (!isFirst) return "done";
        isFirst = false;
        throw rejected("slow down", { status: 429, retryAfterMs: 300 });
      }),
      timeout: "20s",
      effects: "none",
      journal: false,
      retry: { attempts: 2, minAttempt: 1, baseDelay: 1 },
      resource: broken,
      ledger: ledgerPath(),
    });
    expect(await once.settle()).toMatchObject({ outcome: "executed", value: "done" });
  });
});

describe("a call that has succeeded before is replayed", () => {
  const keyed = (ledger: string, resource: ReturnType<typeof defineResource>, work: () => unknown) =>
    defineCall({
      name: "work",
      callee: task(async (_key: string) => work()),
      timeout: "20s",
      effects: "keyed",
      journal: false,
      key: (key: string) => key,
      onBusy: "fail",
      resource,
      ledger,
    });

  it("while the circuit is open", async () => {
    const ledger = ledgerPath();
    let isRevoked = false;
    const call = keyed(ledger, broken, () => {
      if (isRevoked) throw rejected("revoked", { status: 401 });
      return 1;
    });
    await call("a");
    isRevoked = true;
    await call.settle("b");
    expect(await call.settle("c")).toMatchObject({ code: "circuit_open" });
    expect(await call.settle("a")).toMatchObject({
      outcome: "replayed",
      value: 1,
      waitedMs: expect.any(Number) as number,
    });
  });

  it("when the budget is spent", async () => {
    const budget = defineResource({ name: "money", budget: { usd: 1, per: "1d" }, cost: 0.6 });
    const call = keyed(ledgerPath(), budget, () => 1);
    await call("a");
    expect(await call.settle("b")).toMatchObject({
      code: "over_budget",
      effect: "not_started",
      retryable: true,
    });
    expect(await call.settle("a")).toMatchObject({ outcome: "replayed" });
  });

  it("when the rate is used up", async () => {
    const rate = defineResource({ name: "rate", rate: { starts: 1, per: "1h" } });
    const call = keyed(ledgerPath(), rate, () => 1);
    await call("a");
    expect(await call.settle("b")).toMatchObject({ code: "busy", effect: "not_started" });
    expect(await call.settle("a")).toMatchObject({ outcome: "replayed" });
  });
});

describe("what nothing ran for is given back", () => {
  it("a command that is not there uses up no start and no money", async () => {
    const resource = defineResource({
      name: "money",
      rate: { starts: 1, per: "1h" },
      budget: { usd: 1, per: "1h" },
      cost: 1,
    });
    const ledger = ledgerPath();
    const run = (file: string) =>
      defineCall({
        name: "run",
        callee: command(file),
        timeout: "20s",
        effects: "none",
        journal: false,
        resource,
        ledger,
      });
    expect(await run("./not-there").settle()).toMatchObject({ code: "spawn_failed" });
    expect(await run("./not-there").settle()).toMatchObject({ code: "spawn_failed" });
    expect(await run("pwd").settle()).toMatchObject({ outcome: "executed" });
    expect(await run("pwd").settle()).toMatchObject({ code: "busy" });
  });
});

describe("a resource without its ledger or its limits", () => {
  it("a call does not start when the ledger cannot be had", async () => {
    const ledger = ledgerPath();
    writeFileSync(ledger, "no database ".repeat(500));
    const { call, seen } = failing(ledger);
    expect(await call.settle(undefined)).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
    expect(seen).toEqual([]);
  });

  it("a variable that does not parse is told before anything starts", async () => {
    vi.stubEnv("HARDCALL_RESOURCE_SERVICE_FAILURES", "many");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { call, seen } = failing(ledgerPath());
    const refused = await call.settle(undefined);
    expect(refused).toMatchObject({ code: "invalid_config", effect: "not_started" });
    expect((refused as Error).message).toMatch(
      /^Invalid configuration of the call "ask": .*HARDCALL_RESOURCE_SERVICE_FAILURES/,
    );
    expect(seen).toEqual([]);
  });
});
