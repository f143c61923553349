import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineCall } from "../../../src/call/define-call.ts";
import type { ProbeAnswer } from "../../../src/core/vocabulary.ts";
import { task } from "../../../src/callees/task.ts";
import { openLedger } from "../../../src/ledger/open-ledger.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import { Host } from "./host.ts";
import { PublishServer, type Reply } from "./publish-server.ts";
import { look, post } from "./publish-client.ts";
import { publish, type Order } from "./publish.ts";

/** A service that publishes so long after it was asked, whether or not the client still waits. */
async function slowServer(delayMs: number) {
  const reply = (): Reply => ({ manner: "ok", delayMs });
  return await PublishServer.forThisTest({ reply });
}

const order = (server: PublishServer, more: Partial<Order>): Order => ({
  url: server.url,
  key: "a",
  effects: "verifiable",
  manner: "ok",
  attempts: 3,
  ...more,
});

describe("a request that lands after its attempt was given up", () => {
  it("is not sent again: the retry waits for as long as it may still land", async () => {
    const server = await slowServer(1500);
    const limits = { attemptMs: 200, timeoutMs: 20_000, effectWithin: "6s" };
    const ending = await publish(order(server, limits), ledgerPath());
    expect(ending).toMatchObject({ outcome: "recovered" });
    expect(server.requests("a")).toBe(1);
    expect(server.effects("a")).toBe(1);
  });

  it("is sent again when that time is over and nothing has appeared", async () => {
    const reply = (_key: string, _path: string, nth: number): Reply =>
      nth === 1 ? { manner: "hangs", delayMs: 0 } : { manner: "ok", delayMs: 0 };
    const server = await PublishServer.forThisTest({ reply });
    const limits = { attemptMs: 300, timeoutMs: 20_000, effectWithin: "700ms" };
    const ending = await publish(order(server, limits), ledgerPath());
    expect(ending).toMatchObject({ outcome: "executed" });
    const [first, second] = server.log;
    expect(server.requests("a")).toBe(2);
    expect((second?.at ?? 0) - (first?.closedAt ?? 0)).toBeGreaterThanOrEqual(650);
  });

  it("ends the call with the attempt's own code where its total cannot wait, and says when to come back", async () => {
    const ledger = ledgerPath();
    const server = await slowServer(2000);
    const limits = { attemptMs: 200, timeoutMs: 10_000, effectWithin: "1m" };
    const ending = await publish(order(server, limits), ledger);
    expect(ending).toMatchObject({
      outcome: "failed",
      code: "timeout",
      effect: "unknown",
      retryAfterMs: 60_000,
    });
    // Too early: it may still appear.
    const early = await publish(order(server, { ...limits, timeoutMs: 5000 }), ledger);
    expect(early).toMatchObject({ outcome: "in_doubt", code: "in_doubt" });
    expect(early.retryAfterMs).toBeGreaterThan(40_000);
    expect(early.retryAfterMs).toBeLessThanOrEqual(60_000);
    // There: believed at once.
    while ((await look(server.url, "a")) === "absent") await wait(50);
    expect(await publish(order(server, limits), ledger)).toMatchObject({ outcome: "recovered" });
    expect(server.requests("a")).toBe(1);
  });

  it("starts no attempt with the little time that waiting for it leaves", async () => {
    let starts = 0;
    const call = defineCall({
      name: "short",
      callee: task(
        async (_input: string, { signal }) => {
          starts += 1;
          if (starts === 1) await wait(60_000, undefined, { signal });
          return "done";
        },
        { cancelGrace: 1000 },
      ),
      timeout: { total: "3s", attempt: "2s" },
      effects: "verifiable",
      key: (input) => input,
      probe: () => "absent",
      effectWithin: "2s",
      retry: { attempts: 1, minAttempt: "1500ms" },
      ledger: ledgerPath(),
    });
    expect(await call.settle("a")).toMatchObject({ code: "timeout" });
    expect(await call.settle("a")).toMatchObject({
      outcome: "in_doubt",
      retryAfterMs: expect.any(Number) as number,
    });
    expect(starts).toBe(1);
    await wait(2000);
    expect(await call.settle("a")).toMatchObject({ outcome: "executed" });
  });

  it("is waited for as long as the longest declaration says", async () => {
    const ledger = ledgerPath();
    const server = await slowServer(3000);
    const first = { attemptMs: 200, attempts: 1, timeoutMs: 5000, effectWithin: "10m" };
    expect(await publish(order(server, first), ledger)).toMatchObject({ code: "timeout" });
    const loosened = await publish(order(server, { ...first, effectWithin: "none" }), ledger);
    expect(loosened).toMatchObject({ outcome: "in_doubt" });
    expect(loosened.retryAfterMs).toBeGreaterThan(500_000);
    expect(server.requests("a")).toBe(1);
  });

  it("counts from the moment that the loss of its host was seen, where its host was killed", async () => {
    const ledger = ledgerPath();
    const server = await slowServer(2500);
    const host = await Host.begin({ path: ledger });
    const sent = host.publish(order(server, { timeoutMs: 30_000, effectWithin: "5s" }));
    sent.catch(() => undefined);
    while (server.requests("a") === 0) await wait(20);
    await host.end("SIGKILL");
    const next = await publish(order(server, { timeoutMs: 30_000, effectWithin: "5s" }), ledger);
    expect(next).toMatchObject({ outcome: "recovered" });
    expect(server.requests("a")).toBe(1);
    expect(server.effects("a")).toBe(1);
  });
});

it("a probe that answers slowly tells what was true when it looked", async () => {
  const server = await slowServer(700);
  let looks = 0;
  const call = defineCall({
    name: "publish",
    callee: task((_: void, { signal }) => post(`${server.url}/ok`, "a", "verifiable", "text", signal)),
    timeout: { total: 20_000, attempt: 100 },
    effects: "verifiable",
    key: () => "a",
    // It looks before the effect appears, and answers when no effect could appear any more.
    probe: async () => {
      looks++;
      const seen = await look(server.url, "a");
      if (looks === 1) await wait(1500);
      return seen;
    },
    effectWithin: "1s",
    retry: { attempts: 3, baseDelay: 1 },
    ledger: ledgerPath(),
  });
  expect(await call.settle(undefined)).toMatchObject({ outcome: "recovered" });
  expect(server.requests("a")).toBe(1);
});

describe("a function that ignores its signal", () => {
  /** Publishes when `finish` is called, also after its signal was aborted. */
  function deaf(
    ledger: string,
    options: { totalMs?: number; attempts?: number; effectWithin?: string } = {},
  ) {
    const { totalMs = 20_000, attempts = 3, effectWithin = "none" } = options;
    const works: { finish(id: string): void; fail(error: Error): void }[] = [];
    let posts = 0;
    const call = defineCall({
      name: "deaf",
      callee: task(
        () =>
          new Promise<{ id: string }>((resolve, reject) => {
            const finish = (id: string) => {
              posts++;
              resolve({ id });
            };
            works.push({ finish, fail: reject });
          }),
        { cancelGrace: 50 },
      ),
      timeout: { total: totalMs, attempt: 200 },
      effects: "verifiable",
      key: () => "a",
      probe: (): ProbeAnswer => (posts > 0 ? "present" : "absent"),
      effectWithin,
      retry: { attempts, baseDelay: 1 },
      ledger,
    });
    return { call, works, posts: () => posts };
  }

  it("is never joined by a second one, and its late success is the call's", async () => {
    const { call, works, posts } = deaf(ledgerPath());
    const settling = call.settle(undefined);
    while (works.length === 0) await wait(10);
    await wait(1500);
    expect(works).toHaveLength(1);
    works[0]?.finish("late");
    expect(await settling).toMatchObject({ outcome: "replayed", value: { id: "late" } });
    expect(posts()).toBe(1);
  });

  it("keeps every later call from starting while it runs, and settles the operation when it ends", async () => {
    const ledger = ledgerPath();
    const { call, works } = deaf(ledger, { attempts: 1, totalMs: 700 });
    expect(await call.settle(undefined)).toMatchObject({ code: "timeout", effect: "unknown" });
    expect((await historyOf(ledger, "a"))?.record).toMatchObject({
      state: "in_doubt",
      lingering: { fence: 1 },
    });
    const early = await call.settle(undefined);
    expect(early).toMatchObject({ outcome: "in_doubt", retryAfterMs: 1000 });
    // An operator is told that it goes on.
    const store = await openSqliteStore({ path: ledger });
    const verdict = { as: "absent", by: "ann", why: "not on the page" } as const;
    expect(await store.resolve({ name: "deaf", key: "a" }, verdict)).toMatchObject({ kind: "in_progress" });
    await store.close();
    works[0]?.finish("late");
    await expect.poll(async () => (await historyOf(ledger, "a"))?.record.state).toBe("succeeded");
    expect(await call.settle(undefined)).toMatchObject({ outcome: "replayed", value: { id: "late" } });
    expect(works).toHaveLength(1);
  });

  it('an operator\'s "it did not happen" is refused while it runs, as nothing would keep a new attempt from running beside it', async () => {
    const ledger = ledgerPath();
    const { call, works } = deaf(ledger, { attempts: 1, totalMs: 700 });
    await call.settle(undefined);
    const store = await openLedger(ledger);
    onTestFinished(() => store.close());
    const { record } = (await historyOf(ledger, "a"))!;
    const say = (as: "done" | "absent", force = false) =>
      store.resolve(record, { as, by: "ann", why: "looked", force });
    expect(await say("absent")).toMatchObject({ kind: "in_progress", owner: { pid: process.pid } });
    expect(await call.settle(undefined)).toMatchObject({ outcome: "in_doubt" });
    expect(works).toHaveLength(1);
    expect(await say("absent", true)).toMatchObject({
      kind: "resolved",
      overrode: expect.stringContaining(`its work going on in process ${process.pid}`) as string,
    });
  });

  it('an operator\'s "it happened" is taken while it runs', async () => {
    const ledger = ledgerPath();
    const { call, works } = deaf(ledger, { attempts: 1, totalMs: 700 });
    await call.settle(undefined);
    const store = await openLedger(ledger);
    onTestFinished(() => store.close());
    const { record } = (await historyOf(ledger, "a"))!;
    const answer = await store.resolve(record, { as: "done", by: "ann", why: "it is on the page" });
    expect(answer).toMatchObject({ kind: "resolved", record: { state: "succeeded" } });
    expect(works).toHaveLength(1);
  });

  it("counts from its real end", async () => {
    const ledger = ledgerPath();
    const { call, works } = deaf(ledger, { attempts: 1, totalMs: 400, effectWithin: "1m" });
    expect(await call.settle(undefined)).toMatchObject({ code: "timeout", retryAfterMs: 60_000 });
    await wait(1500);
    const record = async () => (await historyOf(ledger, "a"))?.record;
    const before = (await record())?.ended?.ticks ?? 0;
    works[0]?.fail(new Error("lost the connection"));
    await expect.poll(async () => (await record())?.lingering).toBeUndefined();
    expect(((await record())?.ended?.ticks ?? 0) - before).toBeGreaterThan(1000);
  });
});

it("a refusal after an attempt that may have had an effect is not said to be one of the whole call", async () => {
  const reply = (_key: string, _path: string, nth: number): Reply =>
    nth === 1 ? { manner: "resets", delayMs: 0 } : { manner: "refuses", delayMs: 0 };
  const server = await PublishServer.forThisTest({ reply });
  const ending = await publish(order(server, { effects: "keyed" }), ledgerPath());
  expect(ending).toMatchObject({ outcome: "failed", effect: "unknown" });
  expect(server.effects("a")).toBe(1);
});

it("effectWithin is required with a probe, and goes with nothing else", () => {
  const common = { name: "a", callee: task(() => 1), timeout: "1m", key: () => "a" } as const;
  const probe = (): ProbeAnswer => "absent";
  const define = (options: object) => () => defineCall({ ...common, ...options } as never);
  expect(define({ effects: "verifiable", probe })).toThrow("effectWithin is missing; give how long");
  expect(define({ effects: "verifiable", probe, effectWithin: 0 })).toThrow(
    'effectWithin is 0; a duration must be greater than 0, or "none"',
  );
  expect(define({ effects: "once", effectWithin: "2m" })).toThrow(
    "effectWithin is allowed only with a probe",
  );
  expect(define({ effects: "verifiable", probe, effectWithin: "none" })).not.toThrow();
});
