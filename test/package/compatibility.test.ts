import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { endsOfAllModes, problemsOfTheDocs, typeProblems, VERSIONS } from "../clients/bigquery-versions.ts";
import { readRows, withRows, type Row } from "../clients/harness/table.ts";
import { cachedPackageOrReason } from "../fake-bin/cached-package.ts";
import { isRecentEnough, neededVersion } from "../../src/core/node-version.ts";
import { ROOT } from "../helpers/files.ts";
import { NEWEST, OLDEST, REFUSED } from "../runtimes/runtimes.ts";

const page = readFileSync(path.join(ROOT, "docs/compatibility.md"), "utf8");
const { peerDependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  readonly peerDependencies: Readonly<Record<string, string>>;
};

let fake: FakeBigQuery;
beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());

test("the peer range admits the versions of Google's client that were tried, and no other major", () => {
  const [oldest] = VERSIONS;
  const majors = [...new Set(VERSIONS.map((version) => Number(version.split(".")[0])))];
  const range = majors.map((major) => (oldest.startsWith(`${major}.`) ? `^${oldest}` : `^${major}.0.0`));
  expect(peerDependencies["@google-cloud/bigquery"]).toBe(range.join(" || "));
});

test("the table has a row for each of them that says it works", () => {
  const tried = readRows(page).filter(([part]) => part === "hardcall/bigquery");
  expect(tried.map(([, , version]) => version)).toEqual(expect.arrayContaining([...VERSIONS]));
  expect(tried.filter(([, , , words]) => /fails|not run/.test(words))).toEqual([]);
});

test("the table of runtimes has a column for the newest Bun and Deno that are tried, and no cell that fails", () => {
  const [, table = ""] = /<!-- runtimes: begin[^]*?-->([^]*?)<!-- runtimes: end -->/.exec(page) ?? [];
  const [head = "", , ...rows] = table.trim().split("\n");
  expect(head.split("|").map((cell) => cell.trim())).toEqual([
    "",
    "what was tried",
    "guarantees",
    `Bun ${NEWEST.Bun}`,
    `Deno ${NEWEST.Deno}`,
    "",
  ]);
  expect(rows.filter((row) => /\| (\*\*fails\*\*|not run) +\|/.test(row))).toEqual([]);
  expect(rows.length).toBeGreaterThan(50);
});

test("what the page says of older versions is what an import checks", () => {
  const oldest = [{ bun: OLDEST.Bun }, { deno: OLDEST.Deno }];
  const refused = [{ bun: REFUSED.Bun }, { deno: REFUSED.Deno }];
  expect(oldest.map((versions) => isRecentEnough(versions))).toEqual([true, true]);
  expect(refused.map((versions) => isRecentEnough(versions))).toEqual([false, false]);
  for (const versions of oldest)
    expect(page).toContain(neededVersion(versions).replace(" or later", " and later"));
});

test("hardcall/bigquery keeps its promises with the oldest client too", async (context) => {
  const [oldest] = VERSIONS;
  const found = await cachedPackageOrReason("@google-cloud/bigquery", oldest, ["--ignore-scripts"]);
  if ("reason" in found) {
    context.skip(found.reason);
  } else {
    expect(await endsOfAllModes(fake, found.folder, oldest)).toEqual([]);
    expect(await typeProblems(found.folder)).toEqual([]);
    expect(await problemsOfTheDocs(found.folder)).toEqual([]);
  }
}, 120_000);

test("a run of a part keeps the rows of the other clients, a whole run drops them", () => {
  const row = (client: string, words: string): Row => ["fake-bin/bigquery", client, "1.0", words];
  const empty = withRows(page, [], false);
  expect(readRows(empty)).toEqual([]);
  const first = withRows(empty, [row("a", "x"), row("b", "x")], false);
  const second = withRows(first, [row("b", "**fails**: y")], true);
  expect(readRows(second)).toEqual([row("a", "x"), row("b", "**fails**: y")]);
  expect(readRows(withRows(first, [row("b", "y")], false))).toEqual([row("b", "y")]);
  const unversioned: Row = ["fake-bin/bigquery", "c", "", "not run here: it is not installed"];
  expect(readRows(withRows(first, [unversioned], true))).toEqual([...readRows(first), unversioned]);
});

test("versions with the same words share a row of the page", () => {
  const rows: Row[] = ["2.0", "10.0"].map((version) => ["p", "a", version, "one call"]);
  const written = withRows(page, rows, false);
  expect(written).toContain("| `p` | a | 2.0, 10.0 | one call |");
  expect(readRows(written)).toEqual(rows);
});
