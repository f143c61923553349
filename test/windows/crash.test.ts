/**
 * TerminateProcess at every point of a call, for every kind of effects. It runs the sources, because the published package has no fault points.
 */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { CrashMatrix, oneOf } from "../call/guard/crash-matrix.ts";
import { EXPECTED, expectedOf, ROWS } from "../call/guard/crash-table.ts";
import { Host } from "../call/guard/host.ts";
import { PublishServer } from "../call/guard/publish-server.ts";
import { openFrom, type Order, publish } from "../call/guard/publish.ts";

Host.program = path.join(import.meta.dirname, "../call/guard/fixtures/host.js");
// It goes with the machine: see lib/ledger-calls.ts.
const folder = mkdtempSync(path.join(tmpdir(), "hardcall-crash-"));
const ledger = path.join(folder, "ledger.db");
let server: PublishServer;
let store: LedgerStore;
let matrix: CrashMatrix;

before(async () => {
  server = await PublishServer.begin();
  store = await openFrom({ path: ledger });
  // What TerminateProcess leaves as the exit code when Node sends SIGKILL, in a process that ends itself.
  matrix = new CrashMatrix({ ledger, store, server, deathOf: "1" });
});

after(async () => {
  await store.close();
  await server.end();
});

test("next call at once: the owner is seen to be dead, by its pid and the moment of its start", async () => {
  const cells = await matrix.everyCell("at once", async (order) => {
    const { outcome } = await publish(order, store);
    return outcome;
  });
  assert.deepEqual(cells, EXPECTED);
});

/** One for each kind of end; on Linux two hosts meet in every row (test/call/guard/crash.test.ts). */
const MOMENTS = ["afterStarted", "in the request", "afterSucceeded", "afterProbe, it is there"];

test("next call from two hosts at the same moment: one of them acts", async (t) => {
  const one = await Host.begin({ path: ledger });
  t.after(() => one.end());
  const other = await Host.begin({ path: ledger });
  t.after(() => other.end());
  // A host makes one call after another.
  let turn: Promise<unknown> = Promise.resolve();
  const rows = ROWS.filter(([moment]) => MOMENTS.includes(moment));
  const next = async (order: Order) => {
    const both = turn.then(() => Promise.all([one.publish(order), other.publish(order)]));
    turn = both;
    return oneOf(await both);
  };
  assert.equal(rows.length, MOMENTS.length);
  assert.deepEqual(await matrix.everyCell("from two hosts at once", next, rows), expectedOf(rows));
});
