import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { tempFolder } from "../../helpers/files.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { request, start, succeeded } from "../../ledger/harness.ts";

/** Calls of a short process: it opens the ledger and closes it. */
async function run(file: string, ...keys: string[]): Promise<void> {
  const store = await openSqliteStore({ path: file });
  try {
    for (const key of keys) await store.settle(await start(store, "once", { key }), succeeded("done"));
  } finally {
    await store.close();
  }
}

/** A ledger of four writes, and a copy from before the last two. */
async function ledgerAndCopy() {
  const file = ledgerPath();
  await run(file, "a");
  const copy = path.join(tempFolder(), "backup.db");
  copyFileSync(file, copy);
  await run(file, "b");
  return { file, copy, mark: `${file}-created` };
}

const refusal = (message: RegExp) => ({
  code: "ledger_unavailable",
  message: expect.stringMatching(message) as unknown,
});
const DAMAGED = refusal(/-created beside the ledger .* is empty or damaged/);

const line = (number: number) => `${String(number).padStart(15)}\n`;

it("a pipe in place of the mark is refused: to read it would hold up the whole process", async () => {
  const { file, mark } = await ledgerAndCopy();
  rmSync(mark);
  execFileSync("mkfifo", [mark], { timeout: 10_000 });
  await expect(run(file)).rejects.toMatchObject(DAMAGED);
});

describe("a mark that says nothing is not taken for that of an older version", () => {
  it.each<[string, (mark: string) => void]>([
    ["emptied", (mark) => truncateSync(mark, 0)],
    ["zeros", (mark) => writeFileSync(mark, Buffer.alloc(1024))],
    [
      "random bytes",
      (mark) => writeFileSync(mark, Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 89) % 256))),
    ],
    ["words", (mark) => writeFileSync(mark, "hardcall made this ledger\n")],
    ["a smaller number in the place of another", (mark) => writeFileSync(mark, line(1))],
    ["cut short within a number", (mark) => truncateSync(mark, 40)],
    [
      "one number overwritten with words",
      (mark) =>
        writeFileSync(mark, Buffer.concat([Buffer.from("x".repeat(16)), readFileSync(mark).subarray(16)])),
    ],
  ])("%s: nothing starts, also with an older copy in place of the ledger", async (_how, damage) => {
    const { file, copy, mark } = await ledgerAndCopy();
    damage(mark);
    const damaged = readFileSync(mark);
    await expect(run(file)).rejects.toMatchObject(DAMAGED);
    copyFileSync(copy, file);
    await expect(run(file, "b")).rejects.toMatchObject(DAMAGED);
    expect(readFileSync(mark)).toEqual(damaged);
    // An operator has looked, and says that this is the ledger from now on.
    rmSync(mark);
    await run(file, "b");
  });
});

it("the empty mark of an older version is filled at the first opening", async () => {
  const { file, copy, mark } = await ledgerAndCopy();
  const database = new DatabaseSync(file);
  // As a migration leaves it.
  database.exec("UPDATE ledger SET commits = 0");
  database.close();
  truncateSync(mark, 0);
  await run(file);
  expect(readFileSync(mark, "latin1")).toBe(line(0));
  await run(file, "c");
  truncateSync(mark, 0);
  copyFileSync(copy, file);
  await expect(run(file)).rejects.toMatchObject(DAMAGED);
});

it("a mark that was deleted is whole again after one opening", async () => {
  const { file, copy, mark } = await ledgerAndCopy();
  rmSync(mark);
  await run(file);
  copyFileSync(copy, file);
  await expect(run(file)).rejects.toMatchObject(refusal(/ends at write 2, but .* has counted 4/));
});

it("a mark that is emptied while the ledger is open knows the next write", async () => {
  const { file, copy, mark } = await ledgerAndCopy();
  const store = await openSqliteStore({ path: file });
  truncateSync(mark, 0);
  await store.settle(await start(store, "once", { key: "c" }), succeeded("done"));
  await store.close();
  await run(file);
  copyFileSync(copy, file);
  await expect(run(file)).rejects.toMatchObject(refusal(/ends at write 2, but .* has counted 6/));
});

it("a ledger in its first moments, which many open at once, has a mark from its first write on", async () => {
  const file = ledgerPath();
  await Promise.all(Array.from({ length: 8 }, (_, index) => run(file, `key/${index}`)));
  const store = await openSqliteStore({ path: file });
  expect((await store.claim(request("once", { key: "key/7" }))).kind).toBe("replayed");
  await store.close();
});
