import { describe, expect, it } from "vitest";
import type { LedgerStore, OperationHistory } from "../../../src/ledger/store/store.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy, type TcpProxy } from "../../helpers/tcp-proxy.ts";
import { claimOf, failed, proceed, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const KEY = { name: "publish", key: "lodge/2026-11-20" } as const;
const CONTENT = { scope: "drafts", sha256: "a".repeat(64) } as const;

/** One host behind a proxy, which has a connection open already, and another one beside it. */
async function world(): Promise<{ ann: LedgerStore; bob: LedgerStore; proxy: TcpProxy }> {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const [ann, bob] = [await openAs("ann", proxy.url), await openAs("bob", url)];
  await proceed(ann, "none", { key: "opens a connection" });
  return { ann, bob, proxy };
}

async function history(store: LedgerStore): Promise<OperationHistory | undefined> {
  return (await store.show({ callIdOrKey: KEY.key }))[0];
}

/** @param passing how many statements come before: what this process knows nothing of, it reads first */
type Cut = (proxy: TcpProxy, passing?: number) => void;

describe.each<[string, Cut]>([
  ["before the database has the statement", (proxy, passing) => proxy.cutAtNextQuestion({ passing })],
  [
    "after the statement was committed, and before its answer came",
    (proxy, passing) => proxy.cutAtNextAnswer({ passing }),
  ],
])("a connection that goes %s", (_, cut) => {
  it("claim: it is this call's, for the first time", async () => {
    const { ann, bob, proxy } = await world();
    cut(proxy);
    expect(await ann.claim(request("once"))).toEqual({
      kind: "proceed",
      claim: { ...KEY, fence: 1 },
      attempt: 1,
    });
    expect(await history(bob)).toMatchObject({ record: { state: "reserved", fence: 1 }, attempts: [] });
  });

  it("started: one attempt has", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await proceed(ann, "once");
    cut(proxy);
    await ann.started(claim, { cookie: "cookie-1" });
    expect(await history(bob)).toMatchObject({
      record: { state: "started", attempts: 1 },
      attempts: [{ cookie: "cookie-1", late: false }],
    });
    expect((await history(bob))?.attempts).toHaveLength(1);
  });

  it("heartbeat: the lease is renewed, and its note is kept", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await start(ann, "once");
    cut(proxy);
    await ann.heartbeat(claim, { pid: 77 });
    expect((await history(bob))?.attempts).toMatchObject([{ pid: 77 }]);
  });

  it("settle: it has ended once, by its own report", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await start(ann, "once");
    cut(proxy);
    expect(await ann.settle(claim, succeeded({ id: 7 }))).toMatchObject({ kind: "settled" });
    const { record, attempts } = (await history(bob)) ?? {};
    expect(record).toMatchObject({ state: "succeeded", settledBy: "attempt", value: { json: '{"id":7}' } });
    expect(attempts).toMatchObject([{ late: false, effect: "completed" }]);
  });

  it("settleAndClaim: one end, and one claim for the next attempt", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await start(ann, "keyed");
    cut(proxy);
    const { settled, next } = await ann.settleAndClaim(claim, failed("unknown"), request("keyed"));
    expect([settled.kind, next]).toMatchObject(["settled", { kind: "proceed", claim: { fence: 2 } }]);
    await ann.started(claimOf(next));
    expect((await history(bob))?.attempts).toMatchObject([
      { fence: 1, late: false, code: "timeout" },
      { fence: 2, late: false },
    ]);
  });

  it("probed: one answer of the probe, and one attempt", async () => {
    const { ann, bob, proxy } = await world();
    await ann.settle(await start(ann, "verifiable"), failed("unknown"));
    const claim = claimOf(await ann.claim(request("verifiable")));
    cut(proxy);
    expect(await ann.probed(claim, "absent")).toMatchObject({ kind: "proceed", attempt: 2 });
    expect((await history(bob))?.resolutions).toMatchObject([{ by: "probe", answer: "absent" }]);
  });

  it("resolve: an operator has said it once", async () => {
    const { ann, bob, proxy } = await world();
    await ann.settle(await start(ann, "once"), failed("unknown"));
    cut(proxy, 1);
    const answer = await ann.resolve(KEY, { as: "done", by: "ada", why: "it is on the page" });
    expect(answer).toMatchObject({ kind: "resolved", record: { state: "succeeded", fence: 2 } });
    expect((await history(bob))?.resolutions).toMatchObject([{ by: "ada", answer: "present" }]);
  });

  it("content: reserved once, and committed once", async () => {
    const { ann, bob, proxy } = await world();
    const check = { ...CONTENT, bytes: 4, holdMs: 60_000 };
    cut(proxy, 1);
    expect(await ann.checkContent({ ...check, token: "one" })).toEqual({ kind: "new" });
    expect(await bob.checkContent({ ...check, token: "two" })).toMatchObject({ kind: "pending" });
    cut(proxy, 1);
    expect(await ann.commitContent({ ...CONTENT, bytes: 4, token: "one" })).toEqual({ kind: "committed" });
    expect(await bob.checkContent({ ...check, token: "two" })).toMatchObject({ kind: "duplicate", times: 2 });
    cut(proxy, 1);
    expect(await ann.forget(CONTENT)).toEqual({ kind: "forgotten" });
    expect(await bob.checkContent({ ...check, token: "two" })).toEqual({ kind: "new" });
  });
});

describe("the answer to a committed result is lost", () => {
  it("and another host has run the operation since: the result counts once all the same", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await start(ann, "keyed");
    proxy.cutAtNextAnswer({ afterwards: "refuse" });
    const settling = ann.settle(claim, failed("rejected"));
    await expect.poll(async () => (await history(bob))?.record.state).toBe("failed");
    const next = await start(bob, "keyed");
    await bob.heartbeat(next);
    proxy.accept();
    expect(await settling).toMatchObject({ kind: "settled" });
    expect(await bob.settle(next, succeeded(1))).toMatchObject({ kind: "settled" });
    expect((await history(bob))?.attempts).toMatchObject([
      { fence: 1, late: false, effect: "rejected" },
      { fence: 2, late: false, effect: "completed" },
    ]);
  });
});

describe("a result that cannot be written while Postgres is away", () => {
  it("is written by itself when it is back, once", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await start(ann, "once");
    proxy.refuse();
    await expect(ann.settle(claim, succeeded({ id: 7 }), { withinMs: 100 })).rejects.toMatchObject({
      code: "ledger_unavailable",
    });
    expect((await bob.claim(request("once"))).kind).toBe("in_progress");
    proxy.accept();
    await expect
      .poll(async () => (await bob.claim(request("once"))).kind, { timeout: 20_000 })
      .toBe("replayed");
    expect((await history(bob))?.attempts).toMatchObject([{ late: false, effect: "completed" }]);
  });

  it("although it was committed and the answer was lost: the history has it once", async () => {
    const { ann, bob, proxy } = await world();
    const claim = await start(ann, "once");
    proxy.cutAtNextAnswer({ afterwards: "refuse" });
    await expect(ann.settle(claim, succeeded({ id: 7 }), { withinMs: 300 })).rejects.toMatchObject({
      code: "ledger_unavailable",
      reason: "unreachable",
    });
    proxy.accept();
    // The next claim writes what is known first.
    expect((await ann.claim(request("once"))).kind).toBe("replayed");
    expect((await history(bob))?.attempts).toMatchObject([{ late: false, effect: "completed" }]);
  });
});
