import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { makeReport } from "../../src/report/make-report.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { chromium } from "../helpers/chromium.ts";
import { browse } from "./browser.ts";
import { DAY, HOUR, Ledger, NOW, type Seed } from "./seed.ts";

const CLI = path.join(import.meta.dirname, "../../src/cli.ts");

/** What the page says of itself, apart from the script that draws it. */
function dataOf(html: string): unknown {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "");
}

describe.each(LEDGER_KINDS)("the report of a ledger in %s", (kind) => {
  it("puts what is open in doubt first, whenever it began", async () => {
    await using ledger = await Ledger.with(kind);
    await ledger.add([
      { name: "publish", key: "new", at: NOW - HOUR, state: "in_doubt", code: "timeout" },
      { name: "publish", key: "old", at: NOW - 300 * DAY, state: "in_doubt", code: "owner_lost" },
      { name: "publish", at: NOW - HOUR },
    ]);
    const html = await makeReport({ ledger: ledger.path, days: 7, now: NOW });
    expect(html).toMatch(/<\/code>, read in \d+\.\d s<\/p>/);
    expect(html.indexOf("In doubt: an operator must check these")).toBeLessThan(
      html.indexOf("Runs and their artifacts"),
    );
    expect(dataOf(html)).toMatchObject({
      inDoubtCount: 2,
      inDoubt: [{ key: "old" }, { key: "new" }],
      totals: { runs: 2, succeeded: 1, in_doubt: 1 },
    });
  });

  it("counts attempts, durations and cost by day", async () => {
    await using ledger = await Ledger.with(kind);
    await ledger.add([
      { name: "draft", at: NOW - HOUR, ms: 3000, attempts: 3, costUsd: 0.25, value: "one" },
      { name: "draft", at: NOW - 2 * HOUR, ms: 5000, costUsd: 0.5, state: "failed", code: "timeout" },
      { name: "draft", at: NOW - DAY, ms: 1000, value: "two" },
    ]);
    const html = await makeReport({ ledger: ledger.path, days: 7, now: NOW });
    const today = Date.UTC(2026, 10, 20);
    expect(dataOf(html)).toMatchObject({
      days: [
        { at: today - DAY, ended: 1, failed: 0, meanMs: 1000, longestMs: 1000, costUsd: 0 },
        { at: today, ended: 4, failed: 3, meanMs: 2000, longestMs: 5000, costUsd: 0.75 },
      ],
      totals: { attempts: 5, costUsd: 0.75, succeeded: 2, failed: 1 },
    });
  });

  it("shows the same output twice as one artifact, and an empty one as none", async () => {
    await using ledger = await Ledger.with(kind);
    await ledger.add(
      ["a draft", "a draft", "", " ", "another"].map((value, index): Seed => ({
        name: "draft",
        at: NOW - (10 - index) * HOUR,
        value,
      })),
    );
    const html = await makeReport({ ledger: ledger.path, days: 7, now: NOW });
    expect(dataOf(html)).toMatchObject({
      calls: [{ counts: { succeeded: 5 }, artifacts: [{ label: "distinct outputs", total: 2 }] }],
    });
  });

  it("shows what a contract found in place of outputs, the same file twice as one", async () => {
    await using ledger = await Ledger.with(kind);
    const file = (sha256: string, modifiedAt: string) => [
      { kind: "file", path: "/a", bytes: 1, sha256, modifiedAt },
    ];
    await ledger.add([
      { name: "dump", at: NOW - 5 * HOUR, value: "done", evidence: file("one", "2026-11-20T07:00:00Z") },
      { name: "dump", at: NOW - 4 * HOUR, value: "done", evidence: file("one", "2026-11-20T08:00:00Z") },
      { name: "dump", at: NOW - 3 * HOUR, value: "done", evidence: file("two", "2026-11-20T09:00:00Z") },
    ]);
    const html = await makeReport({ ledger: ledger.path, days: 7, now: NOW });
    expect(dataOf(html)).toMatchObject({
      calls: [{ counts: { succeeded: 3 }, artifacts: [{ label: "distinct evidence", total: 2 }] }],
    });
  });

  it("escapes everything and loads nothing", async () => {
    await using ledger = await Ledger.with(kind);
    const evil = `</script><img src="https://example.org/x" onerror='alert(1)'><!--`;
    await ledger.add([
      { name: evil, key: evil, at: NOW - HOUR, state: "in_doubt", code: evil },
      { name: evil, key: "2", at: NOW - HOUR, value: "x" },
    ]);
    const html = await makeReport({ ledger: ledger.path, days: 7, now: NOW });
    expect(html).not.toContain("<img");
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).toContain("default-src 'none'");
    expect(html.replace(/<script>.*<\/script>/s, "").match(/\b(src|href)="/g)).toBeNull();
    expect(dataOf(html)).toMatchObject({ inDoubt: [{ name: evil, code: evil }] });
    expect(html).toMatch(/@observablehq\/plot \d[\d.]* \(ISC\)\nCopyright/);
  });

  it("holds no output, no stderr and nothing of the details", async () => {
    await using ledger = await Ledger.with(kind);
    await ledger.add([
      {
        name: "draft",
        at: NOW - HOUR,
        value: "CANARY of the output",
        stderr: "CANARY of stderr",
        costUsd: 1,
      },
      { name: "draft", at: NOW - HOUR, state: "failed", code: "timeout", stderr: "CANARY of stderr" },
      {
        name: "draft",
        at: NOW - HOUR,
        state: "in_doubt",
        code: "timeout",
        value: "CANARY",
        stderr: "CANARY",
      },
    ]);
    expect(await makeReport({ ledger: ledger.path, days: 7, now: NOW })).not.toContain("CANARY");
  });

  it("of an empty ledger says so", async () => {
    await using ledger = await Ledger.with(kind);
    await (await connectLedger({ ledger: ledger.path })).close();
    expect(await makeReport({ ledger: ledger.path, days: 7, now: NOW })).toContain(
      "The ledger has no calls in this period",
    );
  });
});

describe("hardcall report", () => {
  it.each(LEDGER_KINDS)("writes one file for its owner's eyes, of a ledger in %s", async (kind) => {
    await using ledger = await Ledger.with(kind);
    await ledger.add([{ name: "draft", at: NOW - HOUR, value: "a draft" }]);
    const out = path.join(ledger.folder, "report.html");
    const argv = [CLI, "report", "--out", out, "--days", "30", "--ledger", ledger.path];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${out}\n`, stderr: "" });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, "utf8")).toMatch(/^<!doctype html>/);
  });

  it.each([
    [["report"], "--out is missing; name the file, such as --out report.html"],
    [["report", "--out", "x", "--days", "0"], "--days is 0; give a number from 1 to 3660"],
    [["report", "--out", "/nowhere/x", "--ledger", "l.db"], "--out cannot be written"],
  ])("refuses %j", async (argv, message) => {
    await using ledger = new Ledger();
    await (await connectLedger({ ledger: path.join(ledger.folder, "l.db") })).close();
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...argv], {
      encoding: "utf8",
      cwd: ledger.folder,
      timeout: 30_000,
    });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

it("a ledger with 100,000 calls is a report in under 10 s, under 5 MB, with few marks", async () => {
  await using ledger = new Ledger();
  await ledger.add(
    (function* () {
      for (let call = 0; call < 100_000; call++) {
        const seed: Seed = {
          name: `call-${call % 60}`,
          at: NOW - (call / 100_000) * 30 * DAY,
          value: `value ${call}`,
          costUsd: 0.01,
        };
        if (call % 17 === 0) yield { ...seed, state: "failed", code: "timeout" };
        else yield call % 1001 === 0 ? { ...seed, state: "in_doubt", code: "timeout" } : seed;
      }
    })(),
  );
  const startedAt = performance.now();
  const html = await makeReport({ ledger: ledger.path, days: 30, now: NOW });
  const ms = performance.now() - startedAt;
  console.log(`100,000 calls: ${Math.round(ms)} ms, ${Math.round(html.length / 1024)} KiB`);
  expect(ms).toBeLessThan(10_000);
  expect(html.length).toBeLessThan(5_000_000);
  expect(html).toContain("20 more calls are not shown");
  if (chromium === undefined) return;
  const file = path.join(ledger.folder, "report.html");
  const { writeFileSync } = await import("node:fs");
  writeFileSync(file, html);
  const opening = performance.now();
  const dom = await browse(file, { width: 1000, height: 1000 }, "--dump-dom");
  const drawn = dom.match(/<rect /g)?.length ?? 0;
  console.log(
    `opened: ${Math.round(performance.now() - opening)} ms with the start of the browser, ${drawn} marks`,
  );
  expect(drawn).toBeGreaterThan(3000);
  expect(drawn).toBeLessThan(12_000);
}, 180_000);
