import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { ResourceOptions } from "../../src/resources/options.ts";
import { tempFolder } from "../helpers/files.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { ledgerWithBlog, resource, Used, viewOf } from "./used-resources.ts";

const ANTHROPIC: ResourceOptions = {
  name: "anthropic",
  concurrency: 2,
  rate: { starts: 50, per: "1h" },
  budget: { usd: 25, per: "day", timeZone: "Europe/Berlin" },
  circuitBreaker: true,
};

describe.each(LEDGER_KINDS)("hardcall resource on %s", (kind) => {
  test("list has a line for each, with places, line, starts, money and breaker", async () => {
    const ledger = await newLedger(kind);
    const used = new Used(ledger);
    await used.enter({ name: "blog", concurrency: 1 }, 0);
    await used.enter(ANTHROPIC, 3);
    const { stdout, stderr, exitCode } = await used.waitingDuring(ANTHROPIC, resource(ledger, ["list"]));
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["RESOURCE", "PLACES", "WAITING", "STARTS", "BUDGET", "BREAKER"],
      ["anthropic", "2 of 2", "1", "2 of 50 per 1 h", "$1.00 of $25.00 per day (Europe/Berlin)", "closed"],
      ["blog", "0 of 1", "0"],
      [""],
    ]);
  });

  test("show tells who holds a place, what it may cost, and why the breaker is open", async () => {
    const ledger = await newLedger(kind);
    const used = new Used(ledger);
    await used.enter(ANTHROPIC, 3);
    await used.leave(ANTHROPIC, { code: "auth", microUsd: 20_000 });
    const { stdout, exitCode } = await resource(ledger, ["show", "anthropic"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^anthropic\n {2}breaker {2}open since \S+Z \(\d.* ago\)\n {4}opened by auth of draft, call call-0\n {4}lets one trial call through at \S+Z \(in .*\)\n/,
    );
    expect(stdout).toMatch(/ {2}places {3}1 of 2 taken/);
    expect(stdout).toMatch(
      new RegExp(
        ` {4}draft, call call-1, attempt 1, for \\d.*, may cost \\$0\\.50, process ${process.pid} on `,
      ),
    );
    expect(stdout).toMatch(/ {2}starts {3}2 of 50 per 1 h\n/);
    expect(stdout).toContain("  budget   $0.02 spent and $0.50 reserved of $25.00 per day (Europe/Berlin)\n");
    expect(stdout).toMatch(/ {4}\S+Z {2}opened by auth \(draft, call call-0\), until \S+Z\n$/);
  });

  test("a record that cannot be read hides no other, and keeps no operator from closing theirs", async () => {
    const used = new Used(await newLedger(kind));
    await used.enter(ANTHROPIC, 1);
    await used.leave(ANTHROPIC, { code: "auth" });
    const store = await openLedgerAt(used.ledger);
    await store.changeResource({ name: "later" }, () => ({ text: '{"v":99}', answer: undefined }));
    await store.close();
    const list = await resource(used.ledger, ["list"]);
    expect(list).toMatchObject({ exitCode: 74, stdout: expect.stringMatching(/^anthropic /m) });
    expect(list.stderr).toMatch(/^hardcall: .*"later" was written by a later hardcall /);
    const said = ["--by", "ann", "--why", "the key was renewed"];
    expect(await resource(used.ledger, ["close", "anthropic", ...said])).toMatchObject({ exitCode: 0 });
    expect((await viewOf(used.ledger, "anthropic")).breaker.state).toBe("closed");
    expect((await resource(used.ledger, ["show", "later"])).exitCode).toBe(74);
  });

  test("open stops a resource until close, and both are kept with who and why", async () => {
    const ledger = await newLedger(kind);
    await new Used(ledger).enter({ name: "blog", concurrency: 1 }, 0);
    const open = await resource(ledger, ["open", "blog", "--by", "ann", "--why", "it moves"]);
    expect(open).toEqual({
      exitCode: 0,
      stdout:
        "blog: opened until an operator closes it; calls end with circuit_open, and those that run go on\n",
      stderr: "",
    });
    expect((await viewOf(ledger, "blog")).breaker).toMatchObject({
      state: "open",
      code: "operator",
      by: "ann",
      why: "it moves",
    });
    const shown = await resource(ledger, ["show", "blog"]);
    expect(shown.stdout).toMatch(/opened by ann: it moves\n {4}until an operator closes it/);
    const close = await resource(ledger, ["close", "blog", "--by", "bob", "--why", "it has moved"]);
    expect(close).toMatchObject({ exitCode: 0, stdout: "blog: closed; calls start again\n" });
    const again = await resource(ledger, ["close", "blog", "--by", "bob", "--why", "to be sure"]);
    expect(again).toMatchObject({ exitCode: 0, stdout: "blog: was closed already; nothing was changed\n" });
    const { breaker, history } = await viewOf(ledger, "blog");
    expect(breaker.state).toBe("closed");
    expect(history.map(({ to, by, why }) => [to, by, why])).toEqual([
      ["closed", "bob", "it has moved"],
      ["open", "ann", "it moves"],
    ]);
  });
});

test("open --for says until when, and closes by itself then", async () => {
  const ledger = await ledgerWithBlog();
  const before = Date.now();
  const { stdout } = await resource(ledger, ["open", "blog", "--by", "ann", "--why", "x", "--for", "30m"]);
  const until = Date.parse(/^blog: opened until (\S+Z);/.exec(stdout)?.[1] ?? "");
  expect(until).toBeGreaterThanOrEqual(before + 1_800_000);
  expect(until).toBeLessThanOrEqual(Date.now() + 1_800_000);
  const { breaker } = await viewOf(ledger, "blog");
  expect(breaker.state).toBe("open");
  // The clock that no one sets and the wall clock are read one after the other.
  expect(Math.abs((breaker.until ?? 0) - until)).toBeLessThan(1000);
  await resource(ledger, ["open", "blog", "--by", "ann", "--why", "x", "--for", "1ms"]);
  expect((await viewOf(ledger, "blog")).breaker.state).toBe("closed");
});

test("a breaker that was opened before the first call keeps the limits of the file in list and show", async () => {
  const ledger = await ledgerWithBlog();
  const folder = tempFolder();
  const resources = { shop: { concurrency: 4, rate: { starts: 9, per: "1h" } } };
  writeFileSync(path.join(folder, "hardcall.resources.json"), JSON.stringify({ resources }));
  await resource(ledger, ["open", "shop", "--by", "ann", "--why", "x"], folder);
  const { stdout } = await resource(ledger, ["show", "shop"], folder);
  expect(stdout).toContain("opened by ann: x\n");
  expect(stdout).toContain("  places   0 of 4 taken\n  starts   0 of 9 per 1 h\n");
  const list = await resource(ledger, ["list"], folder);
  expect(list.stdout).toMatch(/^shop +0 of 4 +0 +0 of 9 per 1 h +open \(operator\)$/m);
});

test("show says of which call no cost is known beforehand", async () => {
  const ledger = await newLedger("a file");
  const used = new Used(ledger);
  const store = await openLedgerAt(ledger);
  const { now: arrivedAt } = await store.moment();
  await store.close();
  const head = { ticket: "t0", name: "draft", callId: "call-0", attempt: 1, arrivedAt, patient: true };
  await used.batch(ANTHROPIC, { line: { count: 1, heads: [head] } });
  const { stdout } = await resource(ledger, ["show", "anthropic"]);
  expect(stdout).toMatch(
    /call call-0, attempt 1, for [^,]+, nothing is reserved for it: its cost is not known, process/,
  );
});

test("open, close and show print the resource with --json", async () => {
  const ledger = await ledgerWithBlog();
  const open = await resource(ledger, ["open", "blog", "--by", "ann", "--why", "x", "--json"]);
  expect(JSON.parse(open.stdout)).toMatchObject({ name: "blog", breaker: { state: "open" } });
  const close = await resource(ledger, ["close", "blog", "--by", "ann", "--why", "x", "--json"]);
  expect(JSON.parse(close.stdout)).toMatchObject({ name: "blog", breaker: { state: "closed" } });
  const list = await resource(ledger, ["list", "--json"]);
  expect(JSON.parse(list.stdout)).toMatchObject([{ name: "blog", limits: { concurrency: 1 }, places: [] }]);
});

describe("what is refused", () => {
  const CLOSE = ["close", "blog", "--by", "ann", "--why", "x"];
  test.each([
    ["no name", ["show"], "say which resource; hardcall resource list shows those that are there"],
    [
      "nobody",
      ["close", "blog", "--why", "x"],
      "give --by (who decided) and --why (the reason); the ledger keeps both",
    ],
    [
      "no reason",
      ["open", "blog", "--by", "ann", "--why", " "],
      "give --by (who decided) and --why (the reason)",
    ],
    [
      "two lines",
      ["open", "blog", "--by", "ann", "--why", "a\nb"],
      "why must be one line without control characters",
    ],
    [
      "a long reason",
      ["open", "blog", "--by", "ann", "--why", "x".repeat(501)],
      "why has 501 characters; 500 is the most",
    ],
    ["no duration", ["open", "blog", "--by", "ann", "--why", "x", "--for", "soon"], '--for is "soon"'],
    ["a zero", ["open", "blog", "--by", "ann", "--why", "x", "--for", "0s"], "--for is"],
    ["--for with close", [...CLOSE, "--for", "1h"], "--for is not an option of hardcall resource close"],
    ["two names", [...CLOSE, "other"], '"other" is one word too many for hardcall resource close'],
    ["a verb that is not there", ["clos", "blog"], 'did you mean "close"?'],
  ])("%s", async (_, args, says) => {
    const ledger = await ledgerWithBlog();
    const end = await resource(ledger, args);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toContain(says);
    expect((await viewOf(ledger, "blog")).history).toEqual([]);
  });

  test.each([["show"], ["open", "--by", "ann", "--why", "x"], ["close", "--by", "ann", "--why", "x"]])(
    "%s of a resource that neither the ledger nor the file has",
    async (verb, ...flags) => {
      const ledger = await ledgerWithBlog();
      const folder = tempFolder();
      writeFileSync(
        path.join(folder, "hardcall.resources.json"),
        '{ "resources": { "anthropic": { "concurrency": 3 } } }',
      );
      expect(await resource(ledger, [verb, "blgo", ...flags], folder)).toEqual({
        exitCode: 69,
        stdout: "",
        stderr: `hardcall: there is no resource "blgo" in the ledger ${ledger}; did you mean "blog"? It has anthropic and blog\n`,
      });
    },
  );

  test("a ledger that is not there, which is not made", async () => {
    const ledger = path.join(tempFolder(), "none.db");
    for (const args of [["list"], ["show", "blog"], CLOSE]) {
      const end = await resource(ledger, args);
      expect(end).toMatchObject({ exitCode: 2, stdout: "" });
      expect(end.stderr).toContain(`There is no ledger at ${ledger}`);
    }
    expect(existsSync(ledger)).toBe(false);
  });
});
