import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import { childEnv, run } from "../../helpers/run.ts";
import { Host } from "./host.ts";
import { PublishServer } from "./publish-server.ts";
import { openFrom, publish, type Ending, type Order, type Viewpoint } from "./publish.ts";

const CONTAINER = fileURLToPath(new URL("fixtures/container.ts", import.meta.url));
const HOUR = 3_600_000;
const LAPSED = 31_000;

/** A host that has published and waits for the answer. */
async function midPublish(effects: Order["effects"], viewpoint: Omit<Viewpoint, "path"> = {}) {
  const ledger = ledgerPath();
  const server = await PublishServer.forThisTest();
  const owner = await Host.begin({ path: ledger, ...viewpoint });
  const order = { url: server.url, key: "a", effects, manner: "holds" } as const;
  const ending = owner.publish(order);
  // It may be killed in the test.
  ending.catch(() => undefined);
  await server.holding("a");
  return { ledger, server, owner, order, ending };
}

/** The next call, by a process whose clock is this much ahead. */
async function nextCall(ledger: string, order: Order, clockOffsetMs: number): Promise<Ending> {
  const store: LedgerStore = await openFrom({ path: ledger, clockOffsetMs });
  try {
    return await publish({ ...order, manner: "ok" }, store);
  } finally {
    await store.close();
  }
}

describe("a clock that jumps an hour", () => {
  it.each([
    ["forward", HOUR],
    ["back", -HOUR],
  ])("%s takes nothing from an owner that lives", async (_way, jump) => {
    const { ledger, server, owner, order, ending } = await midPublish("once");
    const during = await nextCall(ledger, order, jump);
    expect(during).toMatchObject({ outcome: "in_progress" });
    expect(during.retryAfterMs).toBeGreaterThan(0);
    expect(during.retryAfterMs).toBeLessThanOrEqual(30_000);
    server.release("a");
    expect(await ending).toMatchObject({ outcome: "executed" });
    expect(await nextCall(ledger, order, jump)).toMatchObject({ outcome: "replayed" });
    expect(server.requests("a")).toBe(1);
    await owner.end();
  });

  it.each([
    ["forward", HOUR],
    ["back", -HOUR],
  ])("%s does not keep an owner alive that is dead", async (_way, jump) => {
    const { ledger, server, owner, order } = await midPublish("verifiable");
    await owner.end("SIGKILL");
    expect(await nextCall(ledger, order, jump)).toMatchObject({ outcome: "recovered" });
    expect(server.requests("a")).toBe(1);
  });

  it("ahead of an owner on another machine: it is in doubt, and its success settles that", async () => {
    const { ledger, server, owner, order, ending } = await midPublish("once", { foreign: true });
    expect(await nextCall(ledger, order, HOUR)).toMatchObject({ outcome: "in_doubt" });
    server.release("a");
    expect(await ending).toMatchObject({ outcome: "executed", value: { id: "post-a" } });
    expect(await nextCall(ledger, order, 0)).toMatchObject({ outcome: "replayed", value: { id: "post-a" } });
    expect(server.requests("a")).toBe(1);
    await owner.end();
  });

  it("behind an owner on another machine: it is waited for", async () => {
    const { ledger, server, owner, order, ending } = await midPublish("once", {
      foreign: true,
      clockOffsetMs: HOUR,
    });
    const during = await nextCall(ledger, order, 0);
    expect(during).toMatchObject({ outcome: "in_progress" });
    expect(during.retryAfterMs).toBeLessThanOrEqual(30_000);
    server.release("a");
    expect(await ending).toMatchObject({ outcome: "executed" });
    expect(await nextCall(ledger, order, 0)).toMatchObject({ outcome: "replayed" });
    expect(server.requests("a")).toBe(1);
    await owner.end();
  });
});

describe("two containers of one machine, and one of them with a wall clock an hour off", () => {
  it.each([
    ["ahead", HOUR],
    ["behind", -HOUR],
  ])("%s: nothing is taken from an owner that lives", async (_way, offset) => {
    const ledger = ledgerPath();
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "verifiable", manner: "holds" } as const;
    const working = publish(order, ledger);
    await server.holding("a");
    const args = [ledger, JSON.stringify({ ...order, manner: "ok" }), String(offset)];
    const other = await run(process.execPath, [CONTAINER, ...args], { env: childEnv() });
    expect(JSON.parse(other.stdout.toString())).toMatchObject({ outcome: "in_progress" });
    server.release("a");
    expect(await working).toMatchObject({ outcome: "executed" });
    expect(server.requests("a")).toBe(1);
  });
});

describe("an owner that is suspended after it has published, and wakes late", () => {
  it.each(["none", "keyed", "verifiable", "once"] as const)(
    "on this machine: it is waited for, however late it is (%s)",
    async (effects) => {
      const { ledger, server, owner, order, ending } = await midPublish(effects);
      owner.signal("SIGSTOP");
      for (const late of [0, LAPSED, HOUR]) {
        expect(await nextCall(ledger, order, late)).toMatchObject({ outcome: "in_progress" });
      }
      owner.signal("SIGCONT");
      server.release("a");
      expect(await ending).toMatchObject({ outcome: "executed" });
      expect(await nextCall(ledger, order, HOUR)).toMatchObject({ outcome: "replayed" });
      expect(server.requests("a")).toBe(1);
      await owner.end();
    },
  );

  it.each([
    // The service gave the second one the first one's post.
    ["keyed", "executed", { outcome: "failed", code: "lease_lost", effect: "completed" }, 1],
    ["verifiable", "recovered", { outcome: "executed" }, 1],
    ["once", "in_doubt", { outcome: "executed" }, 1],
    // Two runs of a call without effects do no harm. hardcall reports them all the same.
    ["none", "executed", { outcome: "failed", code: "lease_lost", effect: "completed" }, 2],
  ] as const)(
    "on another machine, %s: the next call is %s, and nothing that it did is lost",
    async (effects, next, woken, posts) => {
      const { ledger, server, owner, order, ending } = await midPublish(effects, { foreign: true });
      owner.signal("SIGSTOP");
      expect(await nextCall(ledger, order, 0)).toMatchObject({ outcome: "in_progress" });
      expect(await nextCall(ledger, order, LAPSED)).toMatchObject({ outcome: next });
      owner.signal("SIGCONT");
      server.release("a");
      expect(await ending).toMatchObject({ ...woken, value: { id: "post-a" } });
      expect(server.effects("a")).toBe(posts);
      const { record, attempts = [] } = (await historyOf(ledger, "a")) ?? {};
      expect(record).toMatchObject({ state: "succeeded", value: { kept: "value" } });
      expect(attempts.filter(({ late }) => late)).toMatchObject([{ effect: "completed" }]);
      expect(await nextCall(ledger, order, HOUR)).toMatchObject({
        outcome: "replayed",
        value: { id: "post-a" },
      });
      await owner.end();
    },
  );
});
