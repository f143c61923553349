import { Client } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";
import { claimOf, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const KEY = { name: "publish", key: "lodge/2026-11-20" } as const;
const LONG = { withinMs: 30_000 };

/** How many times a process asks the server while `work` runs. */
async function questions(proxy: Awaited<ReturnType<typeof tcpProxy>>, work: () => Promise<unknown>) {
  let asked = 0;
  proxy.onData = (from) => void (from === "client" && (asked += 1));
  await work();
  proxy.onData = undefined;
  return asked;
}

it("a thousand claims of one process that find a call in progress are answered by a few looks", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", proxy.url)];
  await start(ann, "once");
  const kinds = new Set<string>();
  const asked = await questions(proxy, async () => {
    const claims = Array.from({ length: 1000 }, () => bob.claim(request("once"), LONG));
    for (const { kind } of await Promise.all(claims)) kinds.add(kind);
  });
  expect(kinds).toEqual(new Set(["in_progress"]));
  expect(asked).toBeLessThan(20);
});

it("a thousand claims of one process at once: one starts, and its result does not wait for the others", async () => {
  const ann = await openAs("ann", await freshDatabase());
  const answers = await Promise.all(Array.from({ length: 1000 }, () => ann.claim(request("once"), LONG)));
  const [granted, ...more] = answers.filter(({ kind }) => kind === "proceed");
  if (granted === undefined) throw new Error("no claim may go on");
  expect(more).toEqual([]);
  const claim = claimOf(granted);
  await ann.started(claim);
  const waiting = Array.from({ length: 1000 }, () => ann.claim(request("once"), LONG));
  expect(await ann.settle(claim, succeeded(7), { withinMs: 5000 })).toMatchObject({ kind: "settled" });
  const later = await Promise.all(Array.from({ length: 1000 }, () => ann.claim(request("once"), LONG)));
  expect(new Set(later.map(({ kind }) => kind))).toEqual(new Set(["replayed"]));
  await Promise.all(waiting);
});

it("a claim that comes after an answer looks for itself", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  const claim = await start(ann, "once");
  const before = bob.claim(request("once"), LONG);
  expect((await before).kind).toBe("in_progress");
  await ann.settle(claim, succeeded(7));
  expect((await bob.claim(request("once"), LONG)).kind).toBe("replayed");
});

it("a thousand that wait for an end are marked by a few statements, and all told of it", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", proxy.url)];
  const claim = await start(ann, "once");
  const asked = await questions(proxy, async () => {
    const ends = Array.from({ length: 1000 }, async () => await bob.ended?.(KEY, LONG));
    const look = new Client({ connectionString: url });
    await look.connect();
    onTestFinished(() => look.end());
    const awaited = async () =>
      (await look.query("SELECT awaited FROM hardcall.operations")).rows[0]?.awaited;
    await expect.poll(awaited, { timeout: 10_000 }).toBe(1);
    await ann.settle(claim, succeeded(7));
    const begin = performance.now();
    await Promise.all(ends);
    expect(performance.now() - begin).toBeLessThan(LONG.withinMs / 2);
  });
  expect(asked).toBeLessThan(30);
});
