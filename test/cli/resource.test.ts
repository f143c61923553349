import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { change } from "../../src/resources/change.ts";
import { defineResource } from "../../src/resources/define-resource.ts";
import type { ResourceOptions } from "../../src/resources/options.ts";
import type { Batch, Leave } from "../../src/resources/types.ts";
import type { ResourceView } from "../../src/resources/view.ts";
import { tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { hardcall } from "../helpers/run.ts";

/** Not the folder of this repository, which has no file of resources today. */
async function resource(ledger: string, args: readonly string[], cwd = tempFolder()) {
  const { exitCode, stdout, stderr } = await hardcall(["resource", ...args, "--ledger", ledger], { cwd });
  return { exitCode, stdout: stdout.toString(), stderr };
}

const viewOf = async (ledger: string, name: string): Promise<ResourceView> =>
  JSON.parse((await resource(ledger, ["show", name, "--json"])).stdout) as ResourceView;

/** A ledger in which this process uses resources as calls do. */
class Used {
  readonly ledger: string;

  constructor(ledger: string) {
    this.ledger = ledger;
  }

  async batch(options: ResourceOptions, batch: Batch): Promise<void> {
    const store = await openLedgerAt(this.ledger);
    const { limits } = defineResource(options);
    await store.changeResource({ name: options.name }, (document) => {
      const { text } = change(options.name, document.text, { limits, ...batch }, document);
      return { text, answer: undefined };
    });
    await store.close();
  }

  /** So many calls come, of which some get a place. */
  async enter(options: ResourceOptions, count: number): Promise<void> {
    const store = await openLedgerAt(this.ledger);
    const { now } = await store.moment();
    await store.close();
    const heads = Array.from({ length: count }, (_, index) => ({
      ticket: `t${index}`,
      name: "draft",
      callId: `call-${index}`,
      attempt: 1,
      arrivedAt: now,
      reserveMicroUsd: 500_000,
      patient: true,
    }));
    await this.batch(options, { line: { count, heads } });
  }

  async leave(options: ResourceOptions, leave: Partial<Leave>): Promise<void> {
    await this.batch(options, { leaves: [{ ticket: "t0", started: true, opens: true, ...leave }] });
  }
}

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
    await used.enter(ANTHROPIC, 3);
    await used.enter({ name: "blog", concurrency: 1 }, 0);
    const { stdout, stderr, exitCode } = await resource(ledger, ["list"]);
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

const ledgerWithBlog = async () => {
  const ledger = await newLedger("a file");
  await new Used(ledger).enter({ name: "blog", concurrency: 1 }, 0);
  return ledger;
};

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
