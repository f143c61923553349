import { expect, it } from "vitest";
import { administer, freshDatabase } from "../../helpers/postgres.ts";
import { throughPgBouncer } from "../../helpers/pgbouncer.ts";
import { failed, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const KEY = { name: "publish", key: "lodge/2026-11-20" } as const;
const LONG = { withinMs: 30_000 };

const waitMs = async (wait: Promise<void> | undefined): Promise<number> => {
  const begin = performance.now();
  await wait;
  return performance.now() - begin;
};

it("who waits for an operation on another host is told of its end", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  const claim = await start(ann, "once");
  const told = waitMs(bob.ended?.(KEY, LONG));
  await expect.poll(() => awaited(url)).toBe(1);
  // A heartbeat and the result of another key are no end of this one.
  await ann.heartbeat(claim);
  await ann.settle(await start(ann, "once", { key: "other" }), succeeded(1));
  const settled = ann.settle(claim, succeeded(7));
  expect(await told).toBeLessThan(LONG.withinMs / 2);
  await settled;
  expect((await bob.claim(request("once"))).kind).toBe("replayed");
});

it("who comes after the end does not wait", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  await ann.settle(await start(ann, "keyed"), failed("rejected"));
  expect(await waitMs(bob.ended?.(KEY, LONG))).toBeLessThan(LONG.withinMs / 2);
});

it("the next claim is no longer waited for", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  const claim = await start(ann, "keyed");
  const told = bob.ended?.(KEY, LONG);
  await expect.poll(() => awaited(url)).toBe(1);
  await ann.settle(claim, failed("rejected"));
  await told;
  await start(bob, "keyed");
  expect(await awaited(url)).toBe(0);
});

it("the wait ends with its time and with its signal", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  await start(ann, "once");
  expect(await waitMs(bob.ended?.(KEY, { withinMs: 50 }))).toBeGreaterThanOrEqual(45);
  const abort = new AbortController();
  const told = waitMs(bob.ended?.(KEY, { ...LONG, signal: abort.signal }));
  abort.abort();
  expect(await told).toBeLessThan(LONG.withinMs / 2);
});

it("a connection for notifications that is lost sends those who wait to look", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  await start(ann, "once");
  const told = waitMs(bob.ended?.(KEY, LONG));
  await expect.poll(() => awaited(url)).toBe(1);
  await administer(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
  expect(await told).toBeLessThan(LONG.withinMs / 2);
});

it("behind PgBouncer nothing listens, and the wait is the caller's own pause", async (context) => {
  const direct = await freshDatabase();
  const pooled = await throughPgBouncer(context, direct);
  const [ann, bob] = [await openAs("ann", direct), await openAs("bob", pooled)];
  const claim = await start(ann, "once");
  const told = waitMs(bob.ended?.(KEY, { withinMs: 300 }));
  await ann.settle(claim, succeeded(7));
  expect(await told).toBeGreaterThanOrEqual(295);
  expect(await awaited(direct)).toBe(0);
});

async function awaited(url: string): Promise<unknown> {
  const [row] = await administer(url, `SELECT awaited FROM hardcall.operations WHERE key = '${KEY.key}'`);
  return row?.["awaited"];
}
