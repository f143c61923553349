import { beforeAll, describe, expect, it } from "vitest";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { LEDGER_KINDS, newSuiteLedger } from "../../helpers/ledger.ts";
import { CrashMatrix, oneOf } from "./crash-matrix.ts";
import { EXPECTED } from "./crash-table.ts";
import { Host } from "./host.ts";
import { PublishServer } from "./publish-server.ts";
import { openFrom, publish, type Order } from "./publish.ts";

let ledger: string;
let server: PublishServer;
/** The ledger as it is now, and as it will be when every lease of now has lapsed. */
let now: LedgerStore;
let later: LedgerStore;
let matrix: CrashMatrix;

describe.each(LEDGER_KINDS)(
  "SIGKILL at every point, for every kind of effects, with the ledger in %s",
  (kind) => {
    beforeAll(async () => {
      const made = await newSuiteLedger(kind);
      ledger = made.ledger;
      server = await PublishServer.begin();
      now = await openFrom({ path: ledger });
      later = await openFrom({ path: ledger, clockOffsetMs: 31_000 });
      matrix = new CrashMatrix({ ledger, store: now, server, deathOf: "SIGKILL" });
      return async () => {
        await now.close();
        await later.close();
        await server.end();
        await made.remove();
      };
    });

    it("next call at once: the owner is seen to be dead", async () => {
      const cells = await matrix.everyCell("at once", async (order) => {
        const { outcome } = await publish(order, now);
        return outcome;
      });
      expect(cells).toEqual(EXPECTED);
    });

    it("next call from another machine: nothing may start before the lease has lapsed", async () => {
      const cells = await matrix.everyCell("after the lease", async (order) => {
        await callTooEarly(order);
        const { outcome } = await publish(order, later);
        return outcome;
      });
      expect(cells).toEqual(EXPECTED);
    });

    it("next call from two hosts at the same moment", async () => {
      await using one = await Host.begin({ path: ledger });
      await using other = await Host.begin({ path: ledger });
      // A host makes one call after another.
      let turn: Promise<unknown> = Promise.resolve();
      const cells = await matrix.everyCell("from two hosts at once", async (order) => {
        const both = turn.then(() => Promise.all([one.publish(order), other.publish(order)]));
        turn = both;
        return oneOf(await both);
      });
      expect(cells).toEqual(EXPECTED);
    });
  },
);

/** What is held is in progress, and nothing is started. */
async function callTooEarly(order: Order): Promise<void> {
  const { state } = (await matrix.historyOf(order.key))?.record ?? {};
  if (state !== "reserved" && state !== "started") return;
  const before = server.requests(order.key);
  const early = await publish(order, now);
  expect(early).toMatchObject({ outcome: "in_progress", code: "in_progress" });
  expect(early.retryAfterMs).toBeGreaterThan(0);
  expect(server.requests(order.key)).toBe(before);
}
