import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { APPLICATION_ID, MIGRATIONS } from "../../../src/database/sqlite/migrations.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import { administer, freshDatabase } from "../../helpers/postgres.ts";
import { request, start, succeeded } from "../harness.ts";
import { openAs } from "../postgres/open.ts";

/** How many versions of a file had neither resources nor a journal. */
const BEFORE = 12;

async function usesResources(store: LedgerStore): Promise<void> {
  await store.changeResource({ name: "anthropic" }, () => ({ text: "{}", answer: undefined }));
  expect(await store.resources()).toMatchObject([{ name: "anthropic" }]);
  expect(await store.journal()).toEqual([]);
}

it("a file of before gets its tables for resources and the journal, and a host that has it open goes on", async () => {
  const path = ledgerPath();
  const older = new DatabaseSync(path);
  for (const migration of MIGRATIONS.slice(0, BEFORE)) older.exec(migration);
  older.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${BEFORE}`);
  const store = await openLedgerAt(path);
  await usesResources(store);
  const claim = await start(store, "once");
  older.exec("UPDATE operations SET state = 'succeeded', effect = 'completed', attempts = attempts");
  older.close();
  expect(await store.claim(request("once"))).toMatchObject({
    kind: "replayed",
    record: { fence: claim.fence },
  });
  await store.close();
});

it("a ledger in Postgres of before gets them, and a worker that has it open goes on", async () => {
  const url = await freshDatabase();
  const worker = await openAs("ann", url);
  const claim = await start(worker, "once");
  await administer(
    url,
    "DROP TABLE hardcall.resources, hardcall.journal",
    "DELETE FROM hardcall.ledger_migrations WHERE version > 1",
  );
  const newer = await openAs("bob", url);
  await usesResources(newer);
  expect(await worker.settle(claim, succeeded(1))).toMatchObject({ kind: "settled" });
  expect(await newer.claim(request("once"))).toMatchObject({ kind: "replayed" });
});
