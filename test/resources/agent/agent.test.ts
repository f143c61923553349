import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openLedger } from "../../../src/ledger/open-ledger.ts";
import { createMemoryStore, emptyMemory } from "../../../src/ledger/store/memory.ts";
import type { StoreOptions } from "../../../src/ledger/store/store.ts";
import { gateOf } from "../../../src/resources/agent/gate.ts";
import { LEDGER_KINDS, ledgerPath, newLedger } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import { failed, request, start, succeeded } from "../../ledger/harness.ts";
import { fakeOwner } from "../../ledger/owners.ts";
import { ask, closing, counted, DONE, gateWith, place, placeIn } from "./gates.ts";

/** Two processes on one ledger, as far as the ledger knows. */
async function two(kind: "memory" | "a file" | "Postgres") {
  const memory = emptyMemory();
  const where = kind === "memory" ? "" : await newLedger(kind);
  const as = async (id: string) => {
    const options: StoreOptions = { owner: fakeOwner(id), liveness: () => "alive" };
    const store =
      kind === "memory" ? createMemoryStore({ ...options, memory }) : await openLedgerAt(where, options);
    return counted(closing(store));
  };
  return { one: await as("one"), other: await as("other") };
}

describe.each(["memory", ...LEDGER_KINDS] as const)("with the ledger in %s", (kind) => {
  it("gives as many places as the limit allows, the others in order of arrival", async () => {
    const { one } = await two(kind);
    const gate = gateWith({ concurrency: 2 }, one.store);
    const asked = Array.from({ length: 6 }, () => ask(gate));
    const order: number[] = [];
    asked.forEach(({ entering }, nth) => void entering.then(() => order.push(nth)));
    const held = await Promise.all(asked.slice(0, 2).map(async ({ entering }) => placeIn(await entering)));
    expect(order).toEqual([0, 1]);
    for (const [nth, { entering }] of asked.entries()) {
      const own = held[nth] ?? placeIn(await entering);
      expect(order).toHaveLength(Math.max(2, nth + 1));
      own.leave(DONE);
    }
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("wakes the next call of the process at once, and one of another process within a second", async () => {
    const { one, other } = await two(kind);
    const [gate, there] = [
      gateWith({ concurrency: 1 }, one.store),
      gateWith({ concurrency: 1 }, other.store),
    ];
    const first = await place(gate);
    const next = ask(gate);
    await one.more(1);
    const last = ask(there);
    await other.more(1);
    const leftAt = performance.now();
    first.leave(DONE);
    const second = placeIn(await next.entering);
    const atOnceMs = performance.now() - leftAt;
    second.leave(DONE);
    await last.entering;
    expect(atOnceMs).toBeLessThan(900);
    expect(placeIn(await last.entering).trial).toBe(false);
  });

  it("gives no place to a call that was cancelled while it waited", async () => {
    const { one } = await two(kind);
    const gate = gateWith({ concurrency: 1 }, one.store);
    const first = await place(gate);
    const [cancelled, next] = [ask(gate), ask(gate)];
    await one.more(1);
    cancelled.cancel();
    expect(await cancelled.entering).toEqual({ kind: "cancelled" });
    first.leave(DONE);
    expect((await next.entering).kind).toBe("place");
  });

  it("a place that is given to a process whose last call was cancelled goes on to another process", async () => {
    const { one, other } = await two(kind);
    const [gate, there] = [
      gateWith({ concurrency: 1 }, one.store),
      gateWith({ concurrency: 1 }, other.store),
    ];
    const first = await place(gate);
    const cancelled = ask(there);
    await other.more(1);
    cancelled.cancel();
    first.leave(DONE);
    await cancelled.entering;
    expect((await ask(gate, { totalMs: 5000 }).entering).kind).toBe("place");
  });

  it("looks up the key of a call together with its place, and says what is known of it", async () => {
    const { one } = await two(kind);
    await one.store.settle(await start(one.store, "once", { key: "done" }), succeeded("value"));
    await one.store.settle(await start(one.store, "verifiable", { key: "doubt" }), failed("unknown"));
    await start(one.store, "once", { key: "runs" });
    const gate = gateWith({ concurrency: 1 }, one.store);
    const first = await place(gate);
    const before = one.changes;
    const keys = ["done", "runs", "doubt", "new"] as const;
    const asked = keys.map((key) =>
      ask(gate, { look: request(key === "doubt" ? "verifiable" : "once", { key }), patient: false }),
    );
    expect(await Promise.all(asked.map(({ entering }) => entering))).toMatchObject([
      { kind: "known", answer: { kind: "replayed" } },
      { kind: "known", answer: { kind: "in_progress" } },
      { kind: "known", answer: { kind: "probe" } },
      { kind: "refused", code: "busy" },
    ]);
    expect(one.changes - before).toBe(1);
    first.leave(DONE);
    expect((await ask(gate, { look: request("once", { key: "new" }) }).entering).kind).toBe("place");
  });

  it("answers more calls than one change names, each by its own key and limits", async () => {
    const { one } = await two(kind);
    await one.store.settle(await start(one.store, "once", { key: "done" }), succeeded("value"));
    const gate = gateWith({ concurrency: 3 }, one.store);
    const asked = Array.from({ length: 200 }, (_, nth) =>
      ask(gate, nth % 2 === 0 ? { look: request("once", { key: "done" }) } : { patient: false }),
    );
    const kinds = (await Promise.all(asked.map(({ entering }) => entering))).map(({ kind: is }) => is);
    expect(kinds.filter((_, nth) => nth % 2 === 0).every((is) => is === "known")).toBe(true);
    expect(kinds.filter((_, nth) => nth % 2 === 1).slice(0, 3)).toEqual(["place", "place", "place"]);
    expect(kinds.filter((is) => is === "refused")).toHaveLength(97);
  });
});

it("a call that may not wait is busy at once, one that may when its time is over; neither has a place then", async () => {
  const { one } = await two("a file");
  const gate = gateWith({ concurrency: 1 }, one.store);
  const first = await place(gate);
  expect(await ask(gate, { patient: false }).entering).toMatchObject({ kind: "refused", code: "busy" });
  const askedAt = performance.now();
  const waited = await ask(gate, { totalMs: 300 }).entering;
  expect(waited).toMatchObject({ kind: "refused", code: "busy" });
  expect(waited).toHaveProperty(
    "message",
    expect.stringMatching(/^waited \d+ ms for a place .*"agents".*its only place$/),
  );
  expect(performance.now() - askedAt).toBeGreaterThan(299);
  first.leave(DONE);
  expect((await ask(gate, { patient: false }).entering).kind).toBe("place");
});

it("a call that was cancelled before it asked has no place", async () => {
  const { one } = await two("memory");
  const gate = gateWith({ concurrency: 1 }, one.store);
  expect(await ask(gate, { signal: AbortSignal.abort() }).entering).toEqual({ kind: "cancelled" });
  expect(one.changes).toBe(0);
});

it("looks once a second at most, however many calls wait, and never when none waits", async () => {
  const { one, other } = await two("a file");
  const held = await place(gateWith({ concurrency: 1 }, other.store));
  const gate = gateWith({ concurrency: 1 }, one.store);
  const asked = Array.from({ length: 300 }, () => ask(gate));
  await one.more(1);
  await one.more(3);
  const pauses = one.begunAt.slice(1).map((at, nth) => at - (one.begunAt[nth] ?? at));
  expect(Math.min(...pauses)).toBeGreaterThan(990);
  const before = one.changes;
  for (const { cancel } of asked) cancel();
  await Promise.all(asked.map(({ entering }) => entering));
  // Tells that none waits any more.
  await one.reach(before + 1);
  const [atRest, holding] = [one.changes, other.changes];
  await wait(1500);
  expect([one.changes, other.changes]).toEqual([atRest, holding]);
  held.leave(DONE);
});

it("two stores for one file in one process share the limit, and neither forgets the line of the other", async () => {
  const file = ledgerPath();
  const gates = await Promise.all(
    [1, 2].map(async () => gateWith({ concurrency: 1 }, closing(await openLedgerAt(file)))),
  );
  const [gate, there] = gates as [(typeof gates)[0], (typeof gates)[0]];
  const first = await place(gate);
  const [second, third] = [ask(gate), ask(there)];
  await Promise.race([third.entering, wait(100)]);
  first.leave(DONE);
  const next = await Promise.race([second.entering, third.entering]);
  expect(await ask(there, { patient: false }).entering).toMatchObject({ code: "busy" });
  placeIn(next).leave(DONE);
  const both = await Promise.all([second.entering, third.entering]);
  expect(both.map(({ kind }) => kind)).toEqual(["place", "place"]);
});

it("two declarations of one resource in one process: the lower holds, and each says so once", async () => {
  const { one } = await two("a file");
  const said: string[] = [];
  const log = {
    info: () => {},
    error: () => {},
    warn: (_: object, message: string) => void said.push(message),
  };
  const gates = [2, 1].map((concurrency) =>
    gateOf({ name: "agents", limits: { concurrency } }, one.store, log),
  );
  const [wide, narrow] = gates as [(typeof gates)[0], (typeof gates)[0]];
  const first = await place(wide);
  for (let round = 0; round < 2; round++) {
    expect(await ask(narrow, { patient: false }).entering).toMatchObject({ code: "busy" });
    expect(await ask(wide, { patient: false }).entering).toMatchObject({ code: "busy" });
  }
  expect(said).toHaveLength(2);
  expect(said[0]).toContain("agents");
  first.leave(DONE);
});

describe("a ledger that is closed while it is used", () => {
  it("stays open until the place is given back; new calls are refused", async () => {
    const file = ledgerPath();
    const handle = await openLedger(file);
    const gate = gateWith({ concurrency: 1 }, handle);
    const first = await place(gate);
    await handle.close();
    await expect(ask(gate).entering).rejects.toMatchObject({ code: "ledger_unavailable", reason: "closed" });
    const there = gateWith({ concurrency: 1 }, closing(await openLedgerAt(file)));
    expect(await ask(there, { patient: false }).entering).toMatchObject({ code: "busy" });
    first.leave(DONE);
    expect((await ask(there, { totalMs: 5000 }).entering).kind).toBe("place");
  });

  it("refuses the calls that wait, if it is closed for good", async () => {
    const store = await openLedgerAt(ledgerPath());
    const gate = gateWith({ concurrency: 1 }, store);
    await place(gate);
    const waiting = ask(gate);
    await wait(0);
    await store.close();
    await expect(waiting.entering).rejects.toMatchObject({ code: "ledger_unavailable", reason: "closed" });
  });
});

it("tells when its lease was renewed, of the last time at once", async () => {
  const { one } = await two("a file");
  const gate = gateWith({ concurrency: 2 }, one.store);
  const first = await place(gate);
  const told: number[] = [];
  const stop = first.onRenewed(({ steady }) => void told.push(steady));
  expect(told).toHaveLength(1);
  const second = await place(gate);
  expect(told).toHaveLength(2);
  expect(told[1]).toBeGreaterThan(told[0] ?? Infinity);
  stop();
  second.leave(DONE);
  await one.more(1);
  expect(told).toHaveLength(2);
});
