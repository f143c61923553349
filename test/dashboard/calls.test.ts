import { describe, expect, test } from "vitest";
import type { CallRow, CallsPage } from "../../src/dashboard/data.ts";
import type { RefusalCode } from "../../src/dashboard/refused-request.ts";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { goneOwner, History } from "./history.ts";
import { openDashboard, Visitor } from "./visitor.ts";

const visit = async (ledger: string) => await Visitor.at(await openDashboard({ ledger }));
const ids = (calls: readonly CallRow[]) => calls.map(({ callId }) => callId);

/** Every page from a filter on. */
async function all(visitor: Visitor, query = ""): Promise<readonly CallRow[]> {
  const found: CallRow[] = [];
  for (let next: string | undefined = ""; next !== undefined;) {
    const before: string = next === "" ? "" : `&before=${encodeURIComponent(next)}`;
    const page: CallsPage = await visitor.get<CallsPage>(`/api/calls?${query}${before}`);
    expect(page.calls.length).toBeLessThanOrEqual(200);
    found.push(...page.calls);
    next = page.next;
  }
  return found;
}

describe.each(LEDGER_KINDS)("the calls of a ledger in %s", (kind) => {
  test("are one list of keys and of calls without one, the newest first, each once, and each outcome is found by its filter", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const executed = await history.succeeded({ name: "publish" });
    const failed = await history.failed({ name: "publish" }, "exit_nonzero");
    const doubtful = await history.doubtful({ name: "render" });
    const recovered = await history.doubtful({ name: "render" });
    await history.store.resolve(recovered, { as: "done", by: "ann", why: "seen" });
    const { request: running } = await history.started({ name: "render" });
    const gone = await History.of(ledger, { owner: goneOwner() });
    const { request: lost } = await gone.started({ name: "render" });
    const ended = { endedAt: Date.now(), durationMs: 3 };
    const [replayed, , waiting, refused] = await history.journal(
      { name: "draft", outcome: "replayed", costUsd: 0, ...ended },
      // The same call as its key's: what became of the key counts.
      {
        callId: doubtful.callId,
        name: "render",
        key: doubtful.key,
        outcome: "failed",
        code: "timeout",
        costUsd: 0.5,
        ...ended,
      },
      { name: "draft", waiting: true },
      { name: "draft", outcome: "failed", code: "over_budget", ...ended },
    );
    const visitor = await visit(ledger);
    const page = await visitor.get<CallsPage>("/api/calls");
    expect(page.next).toBeUndefined();
    expect(page.names).toEqual(["draft", "publish", "render"]);
    expect(page.codes).toEqual(expect.arrayContaining(["busy", "owner_lost", "timeout"]));
    expect(new Set(ids(page.calls)).size).toBe(page.calls.length);
    expect(page.calls.map(({ changedAt }) => changedAt)).toEqual(
      page.calls.map(({ changedAt }) => changedAt).toSorted((one, other) => other - one),
    );
    const outcomes = new Map(page.calls.map(({ callId, outcome }) => [callId, outcome]));
    const expected = {
      executed: executed.callId,
      in_doubt: doubtful.callId,
      recovered: recovered.callId,
      running: running.callId,
      lost: lost.callId,
      replayed: replayed?.callId,
      waiting: waiting?.callId,
    };
    for (const [outcome, callId] of Object.entries(expected)) {
      expect(outcomes.get(callId ?? "")).toBe(outcome);
      expect(ids(await all(visitor, `outcome=${outcome}`))).toEqual([callId]);
    }
    expect(new Set(ids(await all(visitor, "outcome=failed")))).toEqual(
      new Set([failed.callId, refused?.callId]),
    );
    expect(page.calls.find(({ callId }) => callId === doubtful.callId)).toMatchObject({
      costUsd: 0.5,
      callee: "claude",
      code: "timeout",
    });
    expect(ids(await all(visitor, "code=over_budget"))).toEqual([refused?.callId]);
    expect(ids(await all(visitor, "code=timeout"))).toEqual([doubtful.callId]);
    expect(ids(await all(visitor, "name=publish&outcome=failed"))).toEqual([failed.callId]);
    expect((await all(visitor, "name=draft")).length).toBe(3);
    for (const query of ["outcome=constructor", "outcome=x", "name=x", "code=x", "name=%27%20OR%201=1--"])
      expect(await all(visitor, query)).toEqual([]);
    // Postgres takes no NUL in a text: such a request must not cost the dashboard its connection.
    for (const nul of ["%00", "a%00b"]) {
      for (const query of [`name=${nul}`, `code=${nul}`, `outcome=${nul}`, `before=1%20${nul}`])
        expect([query, (await visitor.ask(`/api/calls?${query}`)).status]).toEqual([query, 400]);
      for (const path of [nul, `${nul}/tails`])
        expect([path, (await visitor.ask(`/api/calls/${path}`)).status]).toEqual([path, 400]);
      const said = { by: "ann", why: "seen" };
      expect((await visitor.post(`/api/calls/${nul}/resolve`, { as: "done", ...said })).status).toBe(400);
    }
    expect(await all(visitor, "name=%ed%a0%80")).toEqual([]);
    for (const before of ["x", "1", "-1 a", "1e9 a", "99999999999999999999 a"]) {
      const { status, body } = await visitor.ask(`/api/calls?before=${encodeURIComponent(before)}`);
      expect([status, (JSON.parse(body) as { error: { code: RefusalCode } }).error.code]).toEqual([
        400,
        "bad_request",
      ]);
    }
  });

  test("come page by page, each once, also where many are of one moment", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const at = Date.now() - 1000;
    const keyless = Array.from({ length: 450 }, (_, index) => ({
      startedAt: at - Math.floor(index / 300),
      outcome: "executed" as const,
      endedAt: at,
    }));
    const journalled = await history.journal(...keyless);
    const keyed: { readonly callId: string; readonly key: string }[] = [];
    for (let index = 0; index < 60; index++) keyed.push(await history.succeeded());
    // Half of the keys are in the journal, too.
    await history.journal(
      ...keyed.slice(30).map(({ callId, key }) => ({
        callId,
        key,
        name: "publish",
        outcome: "executed" as const,
        endedAt: at,
        startedAt: at - 5000,
      })),
    );
    const db = await connectLedger({ ledger });
    await db.write({ durable: false, withinMs: 5000 }, (session) =>
      session.run("UPDATE operations SET changed_at = ? WHERE call_id <= ?", [at, keyed[40]?.callId ?? ""]),
    );
    await db.close();
    const visitor = await visit(ledger);
    const found = await all(visitor);
    expect(found.length).toBe(510);
    expect(new Set(ids(found))).toEqual(
      new Set([...ids(journalled as never), ...keyed.map(({ callId }) => callId)]),
    );
    const order = found.map(({ changedAt, callId }) => [changedAt, callId] as const);
    expect(order).toEqual(order.toSorted(([a, one], [b, other]) => b - a || (one < other ? -1 : 1)));
    expect(ids(await all(visitor, "name=publish")).length).toBe(60);
  });
});
