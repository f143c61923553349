import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { administer, freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";
import { LedgerProcess } from "../child.ts";
import { claimOf, failed, LEASE_MS, proceed, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const HOUR = 3_600_000;
const CONTENT = { scope: "drafts", sha256: "a".repeat(64), bytes: 4, holdMs: 60_000 } as const;

async function databaseTime(url: string): Promise<number> {
  const [row] = await administer(url, "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms");
  return Number(row?.["ms"]);
}

describe.each([2 * HOUR, -2 * HOUR])("a worker whose wall clock is off by %i ms", (clockOffsetMs) => {
  async function world() {
    const url = await freshDatabase();
    const child = await LedgerProcess.begin();
    onTestFinished(() => child.end());
    await child.tell({ do: "open-elsewhere", path: url, clockOffsetMs });
    const bob = await openAs("bob", url);
    const worker =
      (method: "claim" | "started" | "prune" | "probed" | "checkContent" | "list") =>
      (...given: readonly unknown[]) =>
        child.tell({ do: "ask", method, given });
    return { url, bob, worker };
  }

  it("takes no lease of others, and its own lasts as long as it says", async () => {
    const { url, bob, worker } = await world();
    await start(bob, "none", { key: "of bob" });
    const beside = await worker("claim")(request("none", { key: "of bob" }));
    expect(beside).toMatchObject({ kind: "in_progress" });
    expect((beside as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(LEASE_MS - 20_000);
    const before = await databaseTime(url);
    const own = (await worker("claim")(request("none", { key: "of the worker" }))) as { claim: unknown };
    await worker("started")(own.claim);
    const answer = await bob.claim(request("none", { key: "of the worker" }));
    if (answer.kind !== "in_progress") throw new Error(answer.kind);
    expect(answer.retryAfterMs).toBeGreaterThan(LEASE_MS - 20_000);
    expect(answer.retryAfterMs).toBeLessThanOrEqual(LEASE_MS + 250);
    const { createdAt, startedAt = 0 } = answer.record;
    expect(createdAt).toBeGreaterThanOrEqual(before - 250);
    expect(startedAt).toBeLessThanOrEqual((await databaseTime(url)) + 250);
  });

  it("ends no retention, and finds nothing old", async () => {
    const { bob, worker } = await world();
    await bob.settle(await start(bob, "once"), succeeded(1));
    expect(await worker("prune")({ retentionMs: HOUR, tombstoneMs: HOUR })).toEqual({
      tombstoned: 0,
      deleted: 0,
      journal: 0,
    });
    expect(await worker("list")({ olderThanMs: HOUR })).toEqual([]);
    expect(await worker("list")({ olderThanMs: 1 })).toHaveLength(1);
  });

  it("waits for a reserved content as long as others, and others for its", async () => {
    const { bob, worker } = await world();
    expect(await bob.checkContent({ ...CONTENT, token: "of bob" })).toEqual({ kind: "new" });
    expect(await worker("checkContent")({ ...CONTENT, token: "of the worker" })).toMatchObject({
      kind: "pending",
      retryAfterMs: expect.closeTo(60_000, -5) as number,
    });
    const other = { ...CONTENT, sha256: "b".repeat(64) };
    expect(await worker("checkContent")({ ...other, token: "of the worker" })).toEqual({ kind: "new" });
    expect(await bob.checkContent({ ...other, token: "of bob" })).toMatchObject({
      kind: "pending",
      retryAfterMs: expect.closeTo(60_000, -5) as number,
    });
  });

  it("believes an absent effect as late as others do", async () => {
    const { bob, worker } = await world();
    const change = { effectWithinMs: HOUR };
    await bob.settle(await start(bob, "verifiable", change), failed("unknown"));
    const { claim } = (await worker("claim")(request("verifiable", change))) as { claim: unknown };
    expect(await worker("probed")(claim, "absent")).toMatchObject({
      kind: "too_early",
      retryAfterMs: expect.closeTo(HOUR, -5) as number,
    });
  });
});

describe("a decision that is old when its write arrives", () => {
  it("is made anew: what is written is of the moment in which it is written", async () => {
    const url = await freshDatabase();
    const proxy = await tcpProxy(url);
    const [ann, bob] = [await openAs("ann", proxy.url), await openAs("bob", url)];
    await proceed(ann, "none", { key: "opens a connection" });
    proxy.freeze();
    const claiming = ann.claim(request("once"));
    await pause(700);
    const before = await databaseTime(url);
    proxy.thaw();
    expect((await claiming).kind).toBe("proceed");
    const [history] = await bob.show({ callIdOrKey: "lodge/2026-11-20" });
    expect(history?.record.createdAt).toBeGreaterThanOrEqual(before - 250);
  });

  it("does not overtake an owner that has renewed its lease since", async () => {
    const url = await freshDatabase();
    const proxy = await tcpProxy(url);
    const [ann, bob] = [await openAs("ann", proxy.url), await openAs("bob", url)];
    for (const key of ["opens a connection", "comes again"]) await proceed(ann, "none", { key });
    const claim = await start(bob, "none", { leaseMs: 300 });
    await pause(350);
    // The lease is over, which ann reads. Her takeover is on its way when bob comes back.
    const read = Promise.withResolvers<void>();
    proxy.onData = (from) => {
      if (from === "client") return;
      proxy.freeze();
      read.resolve();
    };
    const claiming = ann.claim(request("none"));
    await read.promise;
    await bob.heartbeat(claim);
    proxy.onData = undefined;
    proxy.thaw();
    expect((await claiming).kind).toBe("in_progress");
    expect(await bob.settle(claim, succeeded(1))).toMatchObject({ kind: "settled" });
  });
});

it("a lease that is over is taken over from another host, and its owner learns of it", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  const claim = await start(ann, "verifiable", { leaseMs: 300 });
  const early = await bob.claim(request("verifiable"));
  if (early.kind !== "in_progress") throw new Error(early.kind);
  await pause(early.retryAfterMs + 20);
  const taken = claimOf(await bob.claim(request("verifiable")));
  await expect(ann.heartbeat(claim)).rejects.toMatchObject({ code: "lease_lost" });
  expect(await bob.probed(taken, "present")).toMatchObject({ kind: "recovered" });
});

it("a server that takes from nothing to a second for each statement refuses no call", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const ann = await openAs("ann", proxy.url);
  await proceed(ann, "none", { key: "opens a connection" });
  const delays = [0, 700, 300, 1000, 500, 0, 900, 600];
  let asked = 0;
  proxy.delayQuestions = () => delays[asked++ % delays.length] ?? 0;
  for (const key of ["one", "two", "three"]) {
    const claim = await start(ann, "once", { key });
    expect(await ann.settle(claim, succeeded(key))).toMatchObject({ kind: "settled" });
  }
});
