import { createHash } from "node:crypto";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { dedupe } from "../../src/index.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../src/database/sqlite/migrations.ts";
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
    const checked = await drafts.check("text");
    expect(checked.verdict === "new" && (await checked.commit())).toBe(true);
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

describe("a ledger whose gate took what it had looked at for published", () => {
  it("keeps it: what was seen counts as committed, by its call", async () => {
    const file = path.join(folder(), "ledger.db");
    const old = new DatabaseSync(file);
    for (const migration of MIGRATIONS.slice(0, 3)) old.exec(migration);
    old.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`);
    const sha256 = createHash("sha256").update("text").digest("hex");
    old.prepare("INSERT INTO contents VALUES ('drafts', ?, 4, 'call-1', 1000, 2000, 3)").run(sha256);
    old.prepare("INSERT INTO content_streaks VALUES ('drafts', ?, 1)").run(sha256);
    old.close();
    const ledger = await openSqliteStore({ path: file });
    onTestFinished(() => ledger.close());
    const drafts = dedupe({ scope: "drafts", ledger });
    const of = { callId: "call-1", at: "1970-01-01T00:00:01.000Z" };
    expect(await drafts.check("text", { callId: "call-1" })).toMatchObject({
      verdict: "duplicate",
      of,
      times: 3,
    });
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate", of, times: 4, streak: 2 });
    expect(await drafts.forget("text")).toBe(true);
    expect(await drafts.check("text")).toMatchObject({ verdict: "new" });
  });
});
