import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { tempFolder } from "../../helpers/files.ts";
import { fakeOwner } from "../../ledger/owners.ts";

/** So many rows that a thread of its own moves them from the log into the file. */
const ROWS = 2500;
/** Longer than a thread takes to start. */
const THREAD_MS = 500;

it("who has closed a ledger may delete it: nothing of hardcall's opens it, or makes it anew", async () => {
  const folder = tempFolder();
  const store = await openSqliteStore({ path: path.join(folder, "ledger.db") });
  const row = {
    name: "draft",
    callee: "claude" as const,
    owner: fakeOwner("ann"),
    startedAt: 0,
    limitMs: 1,
    attempt: 0,
  };
  await store.writeJournal(Array.from({ length: ROWS }, (_, n) => ({ ...row, callId: `call-${n}` })));
  await store.close();
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
  await wait(THREAD_MS);
  expect(readdirSync(folder)).toEqual([]);
});
