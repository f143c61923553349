import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import { newLedger } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { hardcall } from "../helpers/run.ts";
import { ledgerWithBlog, resource } from "./used-resources.ts";

describe("a resource of the file that no call has used", () => {
  const folderWith = (content: string) => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, "hardcall.resources.json"), content);
    return folder;
  };
  const TWO =
    '{ "resources": { "anthropic": { "concurrency": 3, "circuitBreaker": true }, "blog": { "concurrency": 9 } } }';

  test("is in the list, also where there is no ledger yet", async () => {
    const folder = folderWith(TWO);
    const names = ({ stdout }: { stdout: string }) =>
      stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2));
    const inNone = await resource(path.join(folder, "none.db"), ["list"], folder);
    expect(inNone).toMatchObject({ exitCode: 0, stderr: "" });
    expect(names(inNone)).toEqual([
      ["RESOURCE", "PLACES"],
      ["anthropic", "0 of 3"],
      ["blog", "0 of 9"],
      [""],
    ]);
    // What the ledger knows holds: the limits that calls declared.
    const inOne = await resource(await ledgerWithBlog(), ["list"], folder);
    expect(names(inOne)).toEqual([["RESOURCE", "PLACES"], ["anthropic", "0 of 3"], ["blog", "0 of 1"], [""]]);
  });

  test("does not hide that the ledger was lost", async () => {
    const ledger = await ledgerWithBlog();
    for (const part of ["", "-wal", "-shm"]) rmSync(`${ledger}${part}`, { force: true });
    const list = await resource(ledger, ["list"], folderWith(TWO));
    expect(list).toMatchObject({ exitCode: 74, stdout: "" });
    expect(list.stderr).toContain(ledger);
  });

  test("can be shown, and opened before its first call", async () => {
    const folder = folderWith(TWO);
    const ledger = await ledgerWithBlog();
    const shown = await resource(ledger, ["show", "anthropic"], folder);
    expect(shown).toMatchObject({
      exitCode: 0,
      stdout: "anthropic\n  breaker  closed\n  places   0 of 3 taken\n",
    });
    const open = await resource(ledger, ["open", "anthropic", "--by", "ann", "--why", "not today"], folder);
    expect(open.exitCode).toBe(0);
    const run = [
      "run",
      "--timeout",
      "30s",
      "--ledger",
      ledger,
      "--resource",
      "anthropic",
      "--",
      "touch",
      "ran",
    ];
    const call = await hardcall(run, { cwd: folder });
    expect(call.exitCode).toBe(75);
    expect(call.stderr).toContain("ann");
    expect(existsSync(path.join(folder, "ran"))).toBe(false);
  });

  test("a file with mistakes keeps no operator from the resources of the ledger", async () => {
    const folder = folderWith('{ "resources": 3 }');
    const ledger = await ledgerWithBlog();
    const list = await resource(ledger, ["list"], folder);
    expect(list.exitCode).toBe(0);
    expect(list.stdout).toMatch(/^blog +0 of 1 /m);
    expect(list.stderr).toMatch(/^hardcall: Invalid configuration .*: resources is 3; /);
    const open = await resource(ledger, ["open", "blog", "--by", "ann", "--why", "x"], folder);
    expect(open).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("an empty list says so", async () => {
    const ledger = await newLedger("a file");
    await (await openLedgerAt(ledger)).close();
    expect(await resource(ledger, ["list"])).toMatchObject({
      stdout: "No call of this ledger has used a resource.\n",
    });
    expect(JSON.parse((await resource(ledger, ["list", "--json"])).stdout)).toEqual([]);
  });
});
