import { copyFileSync, renameSync, rmSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LedgerState, OverviewChange } from "../../src/dashboard/data.ts";
import { isPostgresUrl } from "../../src/database/postgres/url.ts";
import { newLedger, ledgerPath } from "../helpers/ledger.ts";
import { startTcpProxy } from "../helpers/tcp-proxy.ts";
import { EventStream } from "./event-stream.ts";
import { History } from "./history.ts";
import { openDashboard, Visitor } from "./visitor.ts";

/** A page that is open on a ledger. */
async function watch(ledger: string) {
  const visitor = await Visitor.at(await openDashboard({ ledger }));
  const stream = await EventStream.of(visitor);
  const state = async (isRight: (state: LedgerState, change: OverviewChange) => boolean) => {
    const found = await stream.next(
      ({ name, data }) => name === "overview" && data.ledger !== undefined && isRight(data.ledger, data),
    );
    stream.events.length = 0;
    return found.data as OverviewChange;
  };
  return {
    visitor,
    problem: async (reason: string) =>
      (await state(({ problem }) => problem?.reason === reason)).ledger?.problem,
    mended: () => state(({ problem }) => problem === undefined),
  };
}

describe("a ledger in a file", () => {
  test("that is not there yet: the page says so, and shows it once it is", async () => {
    const ledger = ledgerPath();
    const { problem, mended, visitor } = await watch(ledger);
    expect(await problem("invalid_config")).toMatchObject({
      message: `There is no ledger at ${ledger}, so nothing was recorded there. Check --ledger and HARDCALL_LEDGER.`,
      since: expect.any(Number),
    });
    for (const [path, method] of [
      ["/api/calls", "GET"],
      ["/api/calls/x", "GET"],
      ["/api/calls/x/tails", "GET"],
    ] as const) {
      const { status, body } = await visitor.ask(path, { method });
      expect([status, JSON.parse(body)]).toMatchObject([503, { error: { code: "ledger_unavailable" } }]);
    }
    expect(await visitor.post("/api/calls/x/resolve", { as: "done", by: "ann", why: "seen" })).toMatchObject({
      status: 503,
    });
    await (await History.of(ledger)).started();
    await mended();
  });

  test("that is deleted and put back", async () => {
    const ledger = ledgerPath();
    const history = await History.of(ledger);
    await history.succeeded();
    await history.store.close();
    const { problem, mended } = await watch(ledger);
    await mended();
    renameSync(ledger, `${ledger}.away`);
    const told = await problem("file_replaced");
    expect(told?.message).toContain(`The ledger ${ledger} was deleted or emptied`);
    renameSync(`${ledger}.away`, ledger);
    await mended();
  });

  test("that is replaced by another shows the other", async () => {
    const [ledger, other] = [ledgerPath(), ledgerPath()];
    for (const [path, calls] of [
      [ledger, 1],
      [other, 3],
    ] as const) {
      const history = await History.of(path);
      for (let call = 0; call < calls; call++) await history.doubtful();
      await history.store.close();
    }
    const { visitor, mended } = await watch(ledger);
    expect(await mended()).toMatchObject({ inDoubtCount: 1 });
    for (const suffix of ["-wal", "-shm"]) rmSync(`${ledger}${suffix}`, { force: true });
    renameSync(other, ledger);
    copyFileSync(`${other}-created`, `${ledger}-created`);
    expect(await visitor.get("/api/overview")).toMatchObject({ inDoubtCount: 3, ledger: { name: ledger } });
  });
});

test("a server of Postgres that goes away and comes back", async () => {
  const url = await newLedger("Postgres");
  await (await History.of(url)).doubtful();
  const proxy = await startTcpProxy(url);
  onTestFinished(() => proxy.close());
  expect(isPostgresUrl(proxy.url)).toBe(true);
  const { problem, mended } = await watch(proxy.url);
  expect(await mended()).toMatchObject({ inDoubtCount: 1 });
  proxy.refuse();
  expect((await problem("unreachable"))?.message).toMatch(/^.+\.$/);
  proxy.accept();
  await mended();
  proxy.freeze();
  await problem("unreachable");
  proxy.thaw();
  await mended();
});
