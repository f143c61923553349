import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { openSource } from "../../src/dashboard/ledger/open-source.ts";
import type { LedgerSource } from "../../src/dashboard/ledger/source.ts";
import { EventStreams } from "../../src/dashboard/server/event-streams.ts";
import { operateResource } from "../../src/resources/operator.ts";
import { LEDGER_KINDS, ledgerPath, newLedger } from "../helpers/ledger.ts";
import { EventStream } from "./event-stream.ts";
import { History } from "./history.ts";
import { openDashboard, Visitor } from "./visitor.ts";

describe.each(LEDGER_KINDS)("the events of a ledger in %s", (kind) => {
  test("are first everything, then what changed: a call starts, ends, and is in doubt", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    await history.succeeded({ name: "earlier" });
    const visitor = await Visitor.at(await openDashboard({ ledger }));
    const stream = await EventStream.of(visitor);
    const first = await stream.next(({ name }) => name === "overview");
    expect(Object.keys(first.data).toSorted()).toEqual([
      "counts",
      "inDoubt",
      "inDoubtCount",
      "ledger",
      "now",
      "passes",
      "resources",
      "running",
      "runningCount",
      "sentinels",
      "unreadableResources",
    ]);
    const { request, claim } = await history.started({ name: "publish" });
    const started = await stream.next(
      ({ name, data }) => name === "overview" && "running" in data && data.running?.length === 1,
    );
    // Counts may come along; they are of another rhythm.
    expect(Object.keys(started.data).filter((part) => part !== "counts")).toEqual([
      "now",
      "running",
      "runningCount",
    ]);
    await stream.next(
      ({ name, data }) =>
        name === "calls" &&
        data.changed[0]?.callId === request.callId &&
        data.changed[0].outcome === "running",
    );
    await history.store.settle(claim, { state: "failed", end: { code: "timeout", effect: "unknown" } });
    await stream.next(
      ({ name, data }) => name === "overview" && data.inDoubtCount === 1 && data.runningCount === 0,
    );
    const ended = await stream.next(
      ({ name, data }) => name === "calls" && data.changed[0]?.outcome === "in_doubt",
    );
    expect(ended).toMatchObject({
      data: { changed: [{ callId: request.callId, code: "timeout" }], more: false },
    });
    // One that comes later gets everything, too.
    const later = await EventStream.of(visitor);
    expect(await later.next(({ name }) => name === "overview")).toMatchObject({ data: { inDoubtCount: 1 } });
  });
});

/** A server with nothing but its events, of a source that a test watches. */
async function serve(source: LedgerSource): Promise<{
  readonly streams: EventStreams;
  readonly visitor: Visitor;
  readonly responses: ServerResponse[];
}> {
  const streams = new EventStreams(source);
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    streams
      .add(request, response)
      .catch((error: { status: number }) => response.writeHead(error.status).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await streams.close();
    server.closeAllConnections();
    server.close();
    await source.close();
  });
  const { port } = server.address() as AddressInfo;
  return { streams, visitor: { port, cookie: "" } as Visitor, responses };
}

type LookOf = Awaited<ReturnType<LedgerSource["look"]>>;

/** A source that counts how often it is looked at, and can say more than its ledger does. */
function watched(ledger: string, more: (look: LookOf) => LookOf = (look) => look) {
  const source = openSource(ledger);
  const looks: number[] = [];
  let wake = Promise.withResolvers<void>();
  return {
    looks,
    looked: async (times: number) => {
      while (looks.length < times) await wake.promise;
    },
    source: {
      ...source,
      look: async () => {
        looks.push(performance.now());
        wake.resolve();
        wake = Promise.withResolvers();
        return more(await source.look());
      },
    },
  };
}

test("a resource that did not change is sent once", async () => {
  const ledger = ledgerPath();
  const history = await History.of(ledger);
  await operateResource(history.store, "anthropic", { kind: "open", by: "ann", why: "the key was revoked" });
  const stream = await EventStream.of(await Visitor.at(await openDashboard({ ledger })));
  // A look each: the two clocks of a look are read a millisecond apart in one of two.
  for (let looks = 1; looks <= 8; looks++) {
    await history.started();
    await stream.next(({ name, data }) => name === "overview" && data.runningCount === looks);
  }
  const told = stream.events.filter(({ name, data }) => name === "overview" && data.resources !== undefined);
  expect(told).toHaveLength(1);
});

test("one look a second serves all browsers, and none is made without one", async () => {
  const ledger = ledgerPath();
  const history = await History.of(ledger);
  const { source, looks, looked } = watched(ledger);
  const { streams, visitor } = await serve(source);
  const browsers = await Promise.all(Array.from({ length: 20 }, () => EventStream.of(visitor)));
  await Promise.all(browsers.map((browser) => browser.next(({ name }) => name === "overview")));
  for (let call = 1; call <= 2; call++) {
    await history.started();
    await Promise.all(
      browsers.map((browser) =>
        browser.next(({ name, data }) => name === "overview" && data.runningCount === call),
      ),
    );
  }
  for (const [index, at] of looks.entries())
    if (index > 0) expect(at - (looks[index - 1] ?? 0)).toBeGreaterThan(990);
  expect(streams.size).toBe(20);
  // Nothing changed since: nothing is sent.
  const sent = browsers[0]?.events.length;
  await looked(looks.length + 2);
  expect(
    browsers[0]?.events.filter(({ name, data }) => name === "overview" && !("counts" in data)).length,
  ).toBeLessThanOrEqual(sent ?? 0);
  for (const browser of browsers) browser.close();
  await Promise.all(browsers.map((browser) => browser.end()));
  const last = looks.length;
  // Another dashboard tells the time in which this one would have looked.
  const other = watched(ledger);
  await EventStream.of((await serve(other.source)).visitor);
  await other.looked(3);
  expect(streams.size).toBe(0);
  expect(looks.length).toBeLessThanOrEqual(last + 1);
});

test("a browser that does not read is cut off, and the others go on", async () => {
  const ledger = ledgerPath();
  await History.of(ledger);
  let text = 0;
  const { source } = watched(ledger, (look) => ({
    ...look,
    newest: Array.from({ length: 200 }, (_, index) => ({
      callId: String(index),
      name: `${++text}${"x".repeat(20_000)}`,
      outcome: "executed" as const,
      startedAt: 0,
      changedAt: 0,
      attempts: 1,
    })),
  }));
  const { visitor, responses, streams } = await serve(source);
  const stalled = await EventStream.of(visitor, false);
  const reader = await EventStream.of(visitor);
  const [response] = responses;
  if (response === undefined) throw new Error("no response");
  await once(response, "close");
  expect(streams.size).toBe(1);
  const seen = reader.events.length;
  await reader.next((event) => reader.events.indexOf(event) > seen);
  stalled.close();
});

test("more pages than a person opens are refused", async () => {
  const ledger = ledgerPath();
  await History.of(ledger);
  const { visitor, streams } = await serve(watched(ledger).source);
  await Promise.all(Array.from({ length: 100 }, () => EventStream.of(visitor)));
  await expect(EventStream.of(visitor)).rejects.toThrow("409");
  expect(streams.size).toBe(100);
});

test("closing the dashboard ends the events at once", async () => {
  const dashboard = await openDashboard({ ledger: ledgerPath() });
  const stream = await EventStream.of(await Visitor.at(dashboard));
  await stream.next(({ name }) => name === "overview");
  const began = performance.now();
  await Promise.all([dashboard.close(), stream.end()]);
  expect(performance.now() - began).toBeLessThan(2000);
});
