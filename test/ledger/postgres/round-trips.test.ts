import { describe, expect, it } from "vitest";
import { defineCall, defineResource, task } from "../../../src/index.ts";
import { CallError } from "../../../src/core/errors.ts";
import type { ClaimRequest } from "../../../src/ledger/operation/events.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";
import { fakeOwner } from "../owners.ts";
import { failed, proceed, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const BIND = "B".charCodeAt(0);
const SIMPLE = "Q".charCodeAt(0);

/** A ledger that has a connection open already, and a count of the statements that a piece of work sends over it. */
async function counted() {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const [ann, bob] = [await openAs("ann", proxy.url), await openAs("bob", url)];
  // A connection is asked once whether it is direct, when a text comes for the second time.
  for (const key of ["opens a connection", "comes again"]) await proceed(ann, "none", { key });
  const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const sent: Buffer[] = [];
    proxy.onData = (from, bytes) => from === "client" && sent.push(bytes);
    await work();
    proxy.onData = undefined;
    return typesOf(Buffer.concat(sent)).filter((type) => type === BIND || type === SIMPLE).length;
  };
  return { ann, bob, statementsOf };
}

/** The types of the messages of Postgres' protocol: a byte, and a length that counts itself. */
function typesOf(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) types.push(bytes[at] ?? 0);
  return types;
}

function publishWith(ledger: LedgerStore, onInProgress: "fail" | "wait" = "fail") {
  return defineCall({
    name: "publish",
    callee: task(async (post: string) => `published ${post}`),
    timeout: "30s",
    effects: "once",
    key: (post: string) => post,
    onInProgress,
    ledger,
  });
}

it("an executed call with a key is three statements, its replay is one", async () => {
  const { ann, statementsOf } = await counted();
  const publish = publishWith(ann);
  expect(await statementsOf(() => publish("a post"))).toBe(3);
  expect(await statementsOf(() => publish("a post"))).toBe(1);
});

it("a call whose key another host is at work on is one statement", async () => {
  const { ann, bob, statementsOf } = await counted();
  await start(bob, "once", { key: "a post" });
  const ended = await statementsOf(() => publishWith(ann)("a post").catch((error: unknown) => error));
  expect(ended).toBe(1);
  await expect(publishWith(ann)("a post")).rejects.toBeInstanceOf(CallError);
});

it("each step of a call is one statement, also the one that settles and claims anew", async () => {
  const { ann, statementsOf } = await counted();
  let claim = await proceed(ann, "keyed");
  expect(await statementsOf(() => ann.started(claim, { cookie: "a cookie" }))).toBe(1);
  expect(await statementsOf(() => ann.heartbeat(claim, { pid: 7 }))).toBe(1);
  expect(await statementsOf(() => ann.heartbeat(claim))).toBe(1);
  const again = await statementsOf(async () => {
    const { next } = await ann.settleAndClaim(claim, failed("rejected"), request("keyed"));
    if (next.kind === "proceed") claim = next.claim;
  });
  // With the attempt that the next one is told of.
  expect(again).toBe(2);
  expect(await statementsOf(() => ann.started(claim))).toBe(1);
  expect(await statementsOf(() => ann.settle(claim, succeeded(1)))).toBe(1);
});

describe("of a resource", () => {
  const change = (store: LedgerStore, ...looks: readonly ClaimRequest[]) =>
    store.changeResource({ name: "anthropic", looks }, ({ text = "", looks: seen }) => ({
      text: `${text}+`,
      answer: seen.map((one) => one.kind),
    }));

  it("a change is one statement, also with the look at new keys, however many", async () => {
    const { ann, statementsOf } = await counted();
    await change(ann);
    expect(await statementsOf(() => change(ann))).toBe(1);
    const two = () => change(ann, request("once", { key: "a" }), request("once", { key: "b" }));
    expect(await statementsOf(two)).toBe(1);
    expect(await statementsOf(() => change(ann, request("once", { key: "c" })))).toBe(1);
  });

  it("a change after another host's is two: what it met, and the write", async () => {
    const { ann, bob, statementsOf } = await counted();
    await change(ann);
    await change(bob);
    expect(await statementsOf(() => change(ann))).toBe(2);
    expect(await ann.resources()).toMatchObject([{ text: "+++" }]);
  });

  it("a change with a look at a key that is there is two, and decides on what is there", async () => {
    const { ann, bob, statementsOf } = await counted();
    await change(ann);
    await bob.settle(await start(bob, "once"), succeeded(1));
    let answer: unknown;
    const asks = async () =>
      void (answer = await change(ann, request("once"), request("once", { key: "new" })));
    expect(await statementsOf(asks)).toBe(2);
    expect(answer).toEqual(["replayed", "proceed"]);
  });

  it("a look that changes nothing is one, alone and beside the document", async () => {
    const { ann, statementsOf } = await counted();
    await change(ann);
    expect(await statementsOf(() => ann.look(request("once")))).toBe(1);
    const looks = () =>
      ann.changeResource({ name: "anthropic", looks: [request("once")] }, () => ({ answer: undefined }));
    expect(await statementsOf(looks)).toBe(1);
    expect(await statementsOf(() => ann.moment())).toBe(1);
  });

  it.each([
    ["without a key is one statement, which also gives the place of the one before back", undefined, 1],
    [
      "with a key is five: the place with the look, three of the call, and beside its end the place back",
      (post: string) => post,
      5,
    ],
  ])("a call %s", async (_what, key, each) => {
    const { ann, statementsOf } = await counted();
    const resource = defineResource({ name: "instagram", concurrency: 3 });
    const common = { name: "publish", timeout: "30s", ledger: ann, resource, journal: false } as const;
    const callee = task(async (post: string) => post);
    const publish =
      key === undefined
        ? defineCall({ ...common, callee, effects: "none" })
        : defineCall({ ...common, callee, effects: "once", key });
    for (const post of ["a", "b"]) await publish(post);
    const sent = await statementsOf(async () => {
      for (const post of ["c", "d", "e", "f"]) await publish(post);
    });
    // And the last place that is given back.
    expect(sent).toBeLessThanOrEqual(4 * each + 1);
  });

  it("rows of the journal are one statement, however many", async () => {
    const { ann, statementsOf } = await counted();
    const entries = Array.from({ length: 50 }, (_, n) => ({
      callId: `call-${n}`,
      name: "publish",
      callee: "task" as const,
      owner: fakeOwner("ann"),
      startedAt: n,
      limitMs: 1000,
      attempt: 0,
    }));
    expect(await statementsOf(() => ann.writeJournal(entries))).toBe(1);
  });
});

it("a key that has failed before is claimed in two: the insertion, and what it met", async () => {
  const { ann, bob, statementsOf } = await counted();
  await bob.settle(await proceed(bob, "keyed"), failed("not_started"));
  expect(await statementsOf(() => ann.claim(request("keyed")))).toBe(2);
});
