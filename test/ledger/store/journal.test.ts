import { beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../src/ledger/journal/entry.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { type Harness, T0 } from "../harness.ts";
import { fakeOwner } from "../owners.ts";
import { STORE_KINDS, twoOwnersOf } from "./kinds.ts";

const DAY_MS = 86_400_000;

const running = (callId: string, change: Partial<JournalEntry> = {}): JournalEntry => ({
  callId,
  name: "write-draft",
  callee: "claude",
  owner: fakeOwner("ann"),
  startedAt: T0,
  limitMs: 600_000,
  attempt: 0,
  ...change,
});

const ended = (callId: string, change: Partial<JournalEntry> = {}): JournalEntry =>
  running(callId, { attempt: 1, endedAt: T0 + 1200, durationMs: 1200.5, outcome: "executed", ...change });

/** Without what is not there: a database has a NULL for it. */
const known = (entry: JournalEntry | undefined) =>
  Object.fromEntries(Object.entries(entry ?? {}).filter(([, value]) => value !== undefined));

describe.each(STORE_KINDS)("the journal in %s", (kind) => {
  let world: Harness;
  let ann: LedgerStore;
  let bob: LedgerStore;

  beforeEach(async () => {
    [world, ann, bob] = await twoOwnersOf(kind);
  });

  const idsOf = async (filter?: Parameters<LedgerStore["journal"]>[0]) =>
    (await bob.journal(filter)).map(({ callId }) => callId);

  it("keeps all of a call, at its start, while it runs, and at its end", async () => {
    const first = running("one", {
      key: "lodge/2026-11-20",
      resource: "anthropic",
      requestedBy: "job 6f1c of the queue drafts",
      waiting: true,
    });
    await ann.writeJournal([first]);
    expect(known((await bob.journal())[0])).toEqual({ ...first, ownerAlive: "alive" });
    const next: JournalEntry = { ...first, waiting: undefined, attempt: 2, costUsd: 0.25 };
    await ann.writeJournal([next]);
    expect(known((await bob.journal())[0])).toEqual(known({ ...next, ownerAlive: "alive" } as JournalEntry));
    const last: JournalEntry = {
      ...next,
      outcome: "failed",
      code: "rate_limited",
      effect: "rejected",
      endedAt: T0 + 5000,
      durationMs: 5000.25,
      costUsd: 0.5,
      attempts: '[{"attempt":1}]',
      stderrTail: "no\0pe 😀 ä \ud800",
      evidence: "[]",
    };
    await ann.writeJournal([last]);
    expect((await bob.journal()).map(known)).toEqual([known(last)]);
  });

  it("takes no end back, nor what was true at the start, whatever order the rows come in", async () => {
    await ann.writeJournal([ended("one"), ended("two")]);
    await bob.writeJournal([running("one", { attempt: 7, startedAt: T0 + 9 }), running("two")]);
    await ann.writeJournal([ended("two", { startedAt: T0 + 9, name: "other", costUsd: 1 })]);
    expect(await bob.journal()).toMatchObject([
      { callId: "one", attempt: 1, startedAt: T0, outcome: "executed" },
      { callId: "two", name: "write-draft", startedAt: T0, costUsd: 1 },
    ]);
  });

  it("a start and an end in one batch are one row, and no rows are no write", async () => {
    await ann.writeJournal([running("one"), ended("one")]);
    await ann.writeJournal([]);
    expect(await bob.journal()).toMatchObject([{ callId: "one", endedAt: T0 + 1200 }]);
  });

  it("keeps thousands of rows in one write", async () => {
    await ann.writeJournal(Array.from({ length: 2000 }, (_, n) => ended(`call-${n}`, { startedAt: T0 + n })));
    expect(await idsOf({ limit: 10_000 })).toHaveLength(2000);
    expect(await idsOf({ limit: 2 })).toEqual(["call-1999", "call-1998"]);
  });

  it("is listed newest first, in pages, by name, outcome, code, and what runs", async () => {
    await ann.writeJournal([
      ended("a", { startedAt: T0 }),
      ended("b", { startedAt: T0 + 1, name: "publish" }),
      ended("ä", { startedAt: T0 + 1, outcome: "failed", code: "auth" }),
      ended("Z", { startedAt: T0 + 1, outcome: "failed", code: "timeout" }),
      ended("d", { startedAt: T0 + 2, outcome: "in_doubt", code: "in_doubt", name: "publish" }),
      running("e", { startedAt: T0 + 3, name: "publish" }),
      running("f", { startedAt: T0 - 1 }),
    ]);
    const all = ["e", "d", "Z", "b", "ä", "a", "f"];
    expect(await idsOf()).toEqual(all);
    const pages: string[] = [];
    for (let page = await bob.journal({ limit: 2 }); page.length > 0;) {
      pages.push(...page.map(({ callId }) => callId));
      page = await bob.journal({ limit: 2, after: page.at(-1) });
    }
    expect(pages).toEqual(all);
    expect(await idsOf({ name: "publish" })).toEqual(["e", "d", "b"]);
    expect(await idsOf({ outcome: "executed" })).toEqual(["b", "a"]);
    expect(await idsOf({ outcome: "failed" })).toEqual(["Z", "ä"]);
    expect(await idsOf({ code: "auth" })).toEqual(["ä"]);
    expect(await idsOf({ state: "running" })).toEqual(["e", "f"]);
    expect(await idsOf({ state: "ended", name: "publish" })).toEqual(["d", "b"]);
    expect(await idsOf({ callId: "b" })).toEqual(["b"]);
    expect(await idsOf({ callId: "nothing" })).toEqual([]);
    world.now = T0 + 10;
    expect(await idsOf({ olderThanMs: 10 })).toEqual(["a", "f"]);
  });

  it("says of a call without an end whether its process lives", async () => {
    await ann.writeJournal([running("one"), running("two", { owner: fakeOwner("eve") }), ended("three")]);
    world.liveness.set("eve", "dead");
    const seen = (await bob.journal()).map(({ callId, ownerAlive }) => [callId, ownerAlive]);
    expect(Object.fromEntries(seen)).toEqual({ one: "alive", two: "dead", three: undefined });
  });

  it.each([
    [{ state: "failed" }, 'state is "failed"; give "running" or "ended"'],
    [{ outcme: "failed" }, "outcme"],
    [{ limit: 0 }, "limit is 0"],
  ])("refuses the filter %j", async (filter, message) => {
    // As a script in JavaScript would give it.
    const listed = bob.journal(filter as Parameters<LedgerStore["journal"]>[0]);
    await expect(listed).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining(message),
    });
  });

  it("is pruned of calls that ended long ago, and of those that never will", async () => {
    const old = T0 - 31 * DAY_MS;
    const eve = fakeOwner("eve");
    world.liveness.set("eve", "dead");
    world.liveness.set("far", "unknown");
    await ann.writeJournal([
      ended("new"),
      ended("old", { startedAt: old, endedAt: old }),
      ended("ended since", { startedAt: old, endedAt: T0 - DAY_MS }),
      running("lost", { startedAt: old, owner: eve }),
      running("just lost", { owner: eve }),
      running("at work", { startedAt: old, limitMs: 60 * DAY_MS }),
      running("far", { startedAt: old, limitMs: 60 * DAY_MS, owner: fakeOwner("far") }),
      running("far, and over", { startedAt: old - DAY_MS, limitMs: 1000, owner: fakeOwner("far") }),
      ...Array.from({ length: 120 }, (_, n) => ended(`many-${n}`, { startedAt: old, endedAt: old + n })),
    ]);
    const limits = { retentionMs: 30 * DAY_MS, tombstoneMs: 30 * DAY_MS };
    expect(await bob.prune(limits)).toEqual({ tombstoned: 0, deleted: 0, journal: 123 });
    expect((await idsOf()).toSorted()).toEqual(["at work", "ended since", "far", "just lost", "new"]);
    expect(await bob.prune(limits)).toEqual({ tombstoned: 0, deleted: 0, journal: 0 });
  });
});
