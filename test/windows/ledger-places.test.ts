/** Where a ledger can be on Windows, and who can read it there. */
import assert from "node:assert/strict";
import { existsSync, linkSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openLedger } from "hardcall";
import { otherReadersOf } from "../../src/database/windows/private-folder.ts";
import { callOnce, folder, newLedger } from "./lib/ledger-calls.ts";
import { WINE } from "./lib/platform.ts";

test("two spellings of a path name one ledger", async () => {
  const ledger = newLedger();
  assert.deepEqual(await callOnce({ ledger, key: "k" }), { outcome: "executed" });
  const spellings = [
    ledger.toUpperCase(),
    ledger.replaceAll("\\", "/"),
    `\\\\?\\${ledger}`,
    path.join(path.dirname(ledger), ".", "LEDGER.db"),
  ];
  for (const other of spellings)
    assert.deepEqual(await callOnce({ ledger: other, key: "k" }), { outcome: "replayed" }, other);
});

test("a ledger in a folder with blanks and letters of any script, whose path is longer than 260 characters", async () => {
  const long = path.join(folder, "Größe 大小", "a".repeat(120), "b".repeat(120));
  const order = { ledger: path.join(long, "ledger.db"), key: "k" };
  assert.deepEqual(await callOnce(order), { outcome: "executed" });
  assert.deepEqual(await callOnce(order), { outcome: "replayed" });
});

const refusals = [
  [String.raw`\\server\share\ledger.db`, "ledger_unavailable", /network share/],
  [path.join(folder, "NUL.db"), "invalid_config", /"NUL.db", which is a device/],
  [path.join(folder, "ledger.db."), "invalid_config", /whose last character Windows drops/],
  [path.join(folder, "ledger.db:stream"), "invalid_config", /no file name may have on Windows/],
  [String.raw`%LOCALAPPDATA%\ledger.db`, "invalid_config", /shell did not replace its variable/],
] as const;

for (const [given, code, message] of refusals)
  test(`no ledger is made at ${path.basename(given)}`, async () => {
    await assert.rejects(openLedger(given), { code, message });
  });

test("HARDCALL_LEDGER needs a drive: without one it is another ledger on each", async (t) => {
  t.after(() => delete process.env["HARDCALL_LEDGER"]);
  for (const given of ["\\jobs\\ledger.db", "/var/lib/ledger.db", "C:ledger.db", "ledger.db"]) {
    process.env["HARDCALL_LEDGER"] = given;
    await assert.rejects(openLedger(), { code: "invalid_config", message: /relative path.*such as C:\\/ });
  }
});

test("the default ledger is in the user's profile", async () => {
  const store = await openLedger();
  await store.close();
  assert.ok(existsSync(path.join(process.env["USERPROFILE"] ?? "", ".local/state/hardcall/ledger.db")));
});

test("the folder that hardcall makes gives no rights to others, and one that was there hands on its own", async () => {
  const shared = path.join(folder, "shared");
  mkdirSync(shared);
  assert.deepEqual(otherReadersOf(shared), WINE ? ["Everyone"] : otherReadersOf(folder));
  const store = await openLedger(path.join(shared, "new", "ledger.db"));
  await store.close();
  assert.deepEqual(otherReadersOf(path.join(shared, "new")), []);
});

test("a ledger with a second name (hard link) is refused", async () => {
  const ledger = newLedger();
  await callOnce({ ledger, key: "k" });
  linkSync(ledger, `${ledger}.link`);
  await assert.rejects(openLedger(ledger), { code: "ledger_unavailable", message: /fsutil hardlink list/ });
});

test("a ledger whose newest records were taken away is refused", async () => {
  const ledger = newLedger();
  await callOnce({ ledger, key: "k" });
  renameSync(ledger, `${ledger}.away`);
  await assert.rejects(openLedger(ledger), { code: "ledger_unavailable", message: /deleted or emptied/ });
});
