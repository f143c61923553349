import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { dedupe } from "../../src/index.ts";
import { openSqliteStore } from "../../src/ledger/index.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../src/ledger/sqlite-schema.ts";
import { tempFolder as folder } from "../helpers/files.ts";

describe("a ledger from before the dedupe gate", () => {
  it("is brought up to date when it is opened, and keeps what it held", async () => {
    const file = path.join(folder(), "ledger.db");
    const old = new DatabaseSync(file);
    old.exec(MIGRATIONS[0] ?? "");
    old.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    old.exec("UPDATE ledger SET fence_floor = 41");
    old.close();
    const ledger = await openSqliteStore({ path: file });
    onTestFinished(() => ledger.close());
    const drafts = dedupe({ scope: "drafts", ledger });
    expect(await drafts.check("text")).toMatchObject({ verdict: "new" });
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate" });
    const migrated = new DatabaseSync(file, { readOnly: true });
    onTestFinished(() => migrated.close());
    expect(migrated.prepare("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
    expect(migrated.prepare("SELECT fence_floor FROM ledger").get()).toEqual({ fence_floor: 41 });
    expect(migrated.prepare("SELECT scope, bytes, times FROM contents").all()).toEqual([
      { scope: "drafts", bytes: 4, times: 2 },
    ]);
  });
});
