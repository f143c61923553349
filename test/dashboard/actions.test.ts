import { describe, expect, test } from "vitest";
import type { CallDetail, Overview } from "../../src/dashboard/data.ts";
import { change } from "../../src/resources/change.ts";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { goneOwner, History } from "./history.ts";
import { openDashboard, Visitor } from "./visitor.ts";

const visit = async (ledger: string) => await Visitor.at(await openDashboard({ ledger }));
const said = { by: "ann", why: "it is on the page" };

/** A resource with a call that holds a place and one that waits, as an agent writes it. */
async function useResource({ store }: History, name: string): Promise<void> {
  const waiting = (ticket: string, at: number) => ({
    ticket,
    name: "draft",
    callId: `call of ${ticket}`,
    attempt: 1,
    arrivedAt: { at, boot: "", ticks: 0 },
    reserveMicroUsd: 250_000,
    patient: true,
  });
  const day = { kind: "sliding", ms: 86_400_000 } as const;
  await store.changeResource({ name }, (document) => {
    const batch = {
      limits: { concurrency: 1, budget: { microUsd: 25_000_000, window: day } },
      line: { count: 2, heads: [waiting("1", document.now.at - 2000), waiting("2", document.now.at - 1000)] },
    };
    return { text: change(name, document.text, batch, document).text, answer: undefined };
  });
}

describe.each(LEDGER_KINDS)("an operator at the page of a ledger in %s", (kind) => {
  test("resolves a call that is in doubt, once, under a name and a reason that the ledger keeps", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const { callId, key } = await history.doubtful();
    const visitor = await visit(ledger);
    const path = `/api/calls/${callId}/resolve`;
    expect(await visitor.post(path, { as: "done", ...said })).toEqual({
      status: 200,
      body: { message: "Resolved as done: the call is now succeeded." },
    });
    const { inDoubtCount } = await visitor.get<Overview>("/api/overview");
    expect(inDoubtCount).toBe(0);
    const detail = await visitor.get<CallDetail>(`/api/calls/${callId}`);
    expect(detail).toMatchObject({
      call: { outcome: "recovered" },
      resolutions: [{ ...said, answer: "present" }],
    });
    // A second operator had the same page open.
    expect(await visitor.post(path, { as: "absent", by: "bob", why: "not there" })).toMatchObject({
      status: 409,
      body: {
        error: {
          code: "conflict",
          needsForce: true,
          message: "Nothing was resolved: the call is succeeded, not in doubt.",
        },
      },
    });
    expect(
      await visitor.post(path, { as: "absent", by: "bob", why: "not there", force: true }),
    ).toMatchObject({
      status: 200,
      body: { message: expect.stringContaining("Resolved as absent: the call is now failed; it was ") },
    });
    expect((await history.store.show({ callIdOrKey: key }))[0]?.resolutions).toHaveLength(2);
  });

  test("overrules a call that seems to run only with force", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const { request } = await history.started();
    const visitor = await visit(ledger);
    const path = `/api/calls/${request.callId}/resolve`;
    expect(await visitor.post(path, { as: "absent", ...said })).toMatchObject({
      status: 409,
      body: {
        error: {
          needsForce: true,
          message: expect.stringContaining(`in progress (process ${process.pid} on `),
        },
      },
    });
    expect((await visitor.post(path, { as: "absent", ...said, force: true })).status).toBe(200);
  });

  test("does not resolve for a later call of the same key, which the page did not show", async () => {
    const ledger = await newLedger(kind);
    const gone = await History.of(ledger, { owner: goneOwner() });
    const first = await gone.doubtful({ key: "p/1", effects: "none" });
    const history = await History.of(ledger);
    await history.doubtful({ key: "p/1", effects: "none" });
    const visitor = await visit(ledger);
    expect(await visitor.post(`/api/calls/${first.callId}/resolve`, { as: "done", ...said })).toMatchObject({
      status: 409,
      body: {
        error: {
          code: "conflict",
          message: expect.stringContaining("Another call has claimed this key since"),
        },
      },
    });
  });

  test("sees a resource's places and money, opens its breaker and closes it", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    await useResource(history, "anthropic");
    const visitor = await visit(ledger);
    const resource = async () => (await visitor.get<Overview>("/api/overview")).resources[0];
    expect(await resource()).toMatchObject({
      name: "anthropic",
      limits: { concurrency: 1 },
      places: [{ callId: "call of 1", name: "draft", pid: currentOwner().pid, reservedUsd: 0.25 }],
      waiting: { count: 1 },
      budget: { spentUsd: 0, reservedUsd: 0.25, of: 25 },
      breaker: { state: "closed" },
    });
    const open = await visitor.post("/api/resources/anthropic/open", { ...said, forMs: 3_600_000 });
    expect(open).toMatchObject({
      status: 200,
      body: { message: expect.stringMatching(/^Opened until 20\d\d-.*Z: calls end with circuit_open/) },
    });
    expect(await resource()).toMatchObject({ breaker: { state: "open", code: "operator", ...said } });
    const close = () => visitor.post("/api/resources/anthropic/close", { by: "bob", why: "over" });
    expect(await close()).toEqual({ status: 200, body: { message: "Closed: calls start again." } });
    expect(await close()).toMatchObject({ body: { message: "It was closed already; nothing was changed." } });
    expect(await resource()).toMatchObject({
      breaker: { state: "closed" },
      history: [
        { to: "closed", by: "bob" },
        { to: "open", by: "ann" },
      ],
    });
    expect(await visitor.post("/api/resources/anthropc/open", said)).toMatchObject({ status: 404 });
    expect(
      await visitor.post("/api/resources/anthropic/open", { by: "x".repeat(1000), why: "y" }),
    ).toMatchObject({ status: 400 });
  });
});
