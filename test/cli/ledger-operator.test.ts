import { existsSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import { tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import * as cli from "../helpers/run.ts";

async function hardcall(...args: string[]) {
  const { exitCode, stdout, stderr } = await cli.hardcall(args);
  return { exitCode, stdout: stdout.toString(), stderr };
}

const run = (ledger: string, key: string, script: string) =>
  hardcall(
    "run",
    "--timeout",
    "60s",
    "--name",
    "publish",
    "--ledger",
    ledger,
    "--key",
    key,
    "--",
    "sh",
    "-c",
    script,
  );

/** Copies the one operation of a ledger until there are so many, a millisecond apart but for the last ten. */
function multiply(ledger: string, times: number): void {
  const database = new DatabaseSync(ledger);
  const columns = database
    .prepare("SELECT name FROM pragma_table_info('operations')")
    .all()
    .map((row) => String(row["name"]))
    .filter((column) => column !== "key" && column !== "changed_at" && column !== "settled_at");
  database.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${times - 1})
    INSERT INTO operations (key, changed_at, settled_at, ${columns.join(", ")})
    SELECT 'copy ' || i, changed_at + min(i, ${times - 10}), settled_at + min(i, ${times - 10}), ${columns.join(", ")}
    FROM operations, n ORDER BY i`);
  database.close();
}

describe("a ledger that is not there", () => {
  it.each([
    ["ledger list", ["ledger", "list"]],
    ["ledger show", ["ledger", "show", "a"]],
    ["ledger resolve", ["ledger", "resolve", "a", "--as", "done", "--by", "ann", "--why", "seen"]],
    ["ledger prune", ["ledger", "prune"]],
    ["sentinel status", ["sentinel", "status"]],
    ["report", ["report", "--out", path.join(tmpdir(), "hardcall-no-report.html")]],
  ])("%s says so, exits 2 and makes none", async (_what, args) => {
    const missing = path.join(tempFolder(), "deep", "legder.db");
    expect(await hardcall(...args, "--ledger", missing)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `hardcall: There is no ledger at ${missing}, so nothing was recorded there. Check --ledger and HARDCALL_LEDGER.\n`,
    });
    expect(existsSync(path.dirname(missing))).toBe(false);
  });

  it("an empty file is none, and stays empty", async () => {
    const file = path.join(tempFolder(), "notes.txt");
    writeFileSync(file, "");
    expect(await hardcall("ledger", "list", "--ledger", file)).toMatchObject({ exitCode: 2, stdout: "" });
    expect(readdirSync(path.dirname(file))).toEqual(["notes.txt"]);
  });

  it("one that was lost is told from one that never was", async () => {
    const missing = ledgerPath();
    writeFileSync(`${missing}-created`, "");
    const settled = await hardcall("ledger", "list", "--ledger", missing);
    expect(settled).toMatchObject({ exitCode: 74, stdout: "" });
    expect(settled.stderr).toContain("was deleted or emptied");
  });

  it("one whose mark was emptied is not believed, and says what to do", async () => {
    const ledger = ledgerPath();
    await run(ledger, "a", "echo fine");
    truncateSync(`${ledger}-created`, 0);
    const settled = await hardcall("ledger", "list", "--ledger", ledger);
    expect(settled).toMatchObject({ exitCode: 74, stdout: "" });
    expect(settled.stderr).toContain("is empty or damaged");
    expect(settled.stderr).toContain("then delete ledger.db-created.");
  });
});

it.each([
  [["prune", "--retention", "0d"], '--retention is "0d"; a duration must be greater than 0'],
  [["prune", "--retention", "0"], "--retention is"],
  [["prune", "--retention", "-1d"], "--retention"],
  [["prune", "--retention", "month"], "--retention is"],
  [["prune", "--tombstone", "00000d"], '--tombstone is "00000d"; a duration must be greater than 0'],
  [["list", "--older-than", "0d"], '--older-than is "0d"; a duration must be greater than 0'],
  [["list", "--limit", "0"], "--limit is 0; give 1 or more"],
  [["list", "--limit", "-1"], "--limit"],
  [["list", "--limit", "1e3"], "--limit is"],
])("exits 2 for hardcall ledger %j, with a sentence and no stack", async (args, why) => {
  const ledger = ledgerPath();
  await run(ledger, "a", "echo fine");
  const settled = await hardcall("ledger", ...args, "--ledger", ledger);
  expect(settled).toMatchObject({ exitCode: 2, stdout: "" });
  expect(settled.stderr).toContain(why);
  expect(settled.stderr).not.toMatch(/\n\s+at /);
});

it.each([
  [["prune", "--name", "publish"], "--name is not an option of hardcall ledger prune"],
  [
    ["prune", "--state", "failed"],
    "--state is not an option of hardcall ledger prune, but of hardcall ledger list",
  ],
  [
    ["list", "--retention", "1d"],
    "--retention is not an option of hardcall ledger list, but of hardcall ledger prune",
  ],
  [
    ["show", "a", "--as", "done"],
    "--as is not an option of hardcall ledger show, but of hardcall ledger resolve",
  ],
  [["list", "a"], '"a" is one word too many'],
])("refuses a filter that it would not heed: ledger %j", async (args, why) => {
  const ledger = ledgerPath();
  await run(ledger, "a", "echo fine");
  const settled = await hardcall("ledger", ...args, "--ledger", ledger);
  expect(settled).toMatchObject({ exitCode: 2, stdout: "" });
  expect(settled.stderr).toContain(why);
  expect(
    JSON.parse((await hardcall("ledger", "show", "a", "--json", "--ledger", ledger)).stdout),
  ).toMatchObject([{ record: { value: { kept: "value" } } }]);
});

describe("what others wrote", () => {
  it("cannot move the cursor, set a title or turn the text round when it is shown", async () => {
    const ledger = ledgerPath();
    const escapes = String.raw`\033[2J\033]0;owned\007\r\302\23331m\342\200\256txet\tend\n`;
    await run(ledger, "a", `printf '${escapes}second line\\n' >&2; exit 3`);
    const key = "a\u001B[2J\u009B1m\u202Ex";
    const database = new DatabaseSync(ledger);
    for (const table of ["operations", "attempts"]) database.prepare(`UPDATE ${table} SET key = ?`).run(key);
    database.close();
    for (const args of [["list"], ["list", "--json"], ["show", key], ["show", key, "--json"]]) {
      const { exitCode, stdout } = await hardcall("ledger", ...args, "--ledger", ledger);
      expect(exitCode).toBe(0);
      // eslint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
    }
    const shown = await hardcall("ledger", "show", key, "--ledger", ledger);
    expect(shown.stdout).toContain(
      "\n      \\x1b[2J\\x1b]0;owned\\x07\\r\\x9b31m\\u202etxet\\tend\n      second line\n",
    );
  });

  it("cannot forge a line of the history: --by and --why are one line each, and no probe", async () => {
    const ledger = ledgerPath();
    await run(ledger, "a", "exit 3");
    const forged = "seen)\n  looked at 2026-01-01T00:00:00.000Z by bob: absent (not there";
    const resolve = ["ledger", "resolve", "a", "--as", "done", "--ledger", ledger];
    for (const [by, why] of [
      ["ann", forged],
      [`ann: absent${forged}`, "seen"],
      ["ann", "seen\u2028by bob"],
      ["ann\u001B[2K", "seen"],
      ["probe", "seen"],
      [" Probe ", "seen"],
    ]) {
      const settled = await hardcall(...resolve, "--by", by ?? "", "--why", why ?? "");
      expect(settled).toMatchObject({ exitCode: 2, stdout: "" });
    }
    const store = await openSqliteStore({ path: ledger });
    const verdict = { as: "done", by: "ann", why: forged } as const;
    await expect(store.resolve({ name: "publish", key: "a" }, verdict)).rejects.toMatchObject({
      code: "invalid_config",
    });
    await store.close();
    expect(await hardcall(...resolve, "--by", "ann", "--why", "seen: Größe 3 📄")).toMatchObject({
      exitCode: 0,
    });

    // One that an older version took is shown for what it is.
    const database = new DatabaseSync(ledger);
    database.prepare("UPDATE resolutions SET why = ?").run(forged);
    database.close();
    const { stdout } = await hardcall("ledger", "show", "a", "--ledger", ledger);
    expect(stdout.split("\n").filter((line) => line.startsWith("  looked at"))).toHaveLength(1);
  });
});

describe("many operations", () => {
  it("are read a page at a time, each once, newest first, also where many changed at one moment", async () => {
    const ledger = ledgerPath();
    await run(ledger, "copy 0", "echo fine");
    multiply(ledger, 57);
    const store = await openSqliteStore({ path: ledger });
    const seen: string[] = [];
    for (let page = await store.list({ limit: 5 }); page.length > 0 && seen.length < 100;) {
      seen.push(...page.map(({ key }) => key));
      page = await store.list({ limit: 5, after: page.at(-1) });
    }
    expect(new Set(seen).size).toBe(57);
    expect(seen).toEqual((await store.list({ limit: 1000 })).map(({ key }) => key));
    expect(seen.at(-1)).toBe("copy 0");
    for (const limit of [0, -1, 1.5, Number.NaN, 10_001]) {
      await expect(store.list({ limit })).rejects.toMatchObject({ code: "invalid_config" });
    }
    await store.close();
  });

  it("are listed in bounded memory: 60,000 with a heap of 64 MiB", async () => {
    const ledger = ledgerPath();
    await run(ledger, "copy 0", "echo fine");
    multiply(ledger, 60_000);
    const small = { env: { NODE_OPTIONS: "--max-old-space-size=64" } };
    const args = ["ledger", "list", "--limit", "1000000", "--ledger", ledger];
    const table = await cli.hardcall(args, small);
    expect(table.exitCode).toBe(0);
    expect(table.stdout.toString().trimEnd().split("\n")).toHaveLength(60_001);
    const json = await cli.hardcall([...args, "--json"], small);
    expect(JSON.parse(json.stdout.toString())).toHaveLength(60_000);
  });
});
