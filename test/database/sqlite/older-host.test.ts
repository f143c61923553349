import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { request, start, succeeded } from "../../ledger/harness.ts";

/** What a hardcall of before `effectWithin` writes, which opened the ledger before it was migrated. */
const OLDER = {
  insert: `INSERT INTO operations (name, key, call_id, fingerprint, effects, state, fence, attempt_fence, doubt_fence, attempts,
    probing, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, lease_until, lease_ms,
    created_at, changed_at, effect, value_kept)
    VALUES ('publish', 'new', 'c', 'f', 'once', 'reserved', 1, 0, 0, 0, 0, 'h', 'b', 's', 1, '1', 'o', 1, 1, 1, 1, 'not_started', 'none')`,
  claim: "UPDATE operations SET fence = fence + 1, state = 'reserved' WHERE name = 'publish'",
  end: "UPDATE operations SET state = 'succeeded', effect = 'completed', doubt_fence = 0 WHERE name = 'publish'",
};

it("a host of an older version that has the ledger open ends what it has begun, and claims nothing more", async () => {
  const path = ledgerPath();
  const store = await openSqliteStore({ path });
  const claim = await start(store, "verifiable");
  const older = new DatabaseSync(path);
  const refused = "a newer hardcall has migrated this ledger";
  expect(() => older.exec(OLDER.insert)).toThrow(refused);
  expect(() => older.exec(OLDER.claim)).toThrow(refused);
  older.exec(OLDER.end);
  older.close();
  expect(await store.claim(request("verifiable"))).toMatchObject({ kind: "replayed" });
  expect(await store.settle(claim, succeeded(1))).toMatchObject({ kind: "late" });
  await store.close();
});
