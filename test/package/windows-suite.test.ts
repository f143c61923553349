import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { faultsOf, faultsWithoutJobObject } from "../windows/harness/verdict.ts";
import type { Result } from "../windows/lib/reporter.ts";

const MAIN = path.join(ROOT, "test/windows/main.ts");
const REASON = /^The tests for Windows did not run: [^\n]+\.\n$/;

test("without Wine the suite for Windows says that it did not run, and fails only where Wine is required", async () => {
  const env = { HARDCALL_TEST_WINE: "/no/wine64" };
  for (const [required, exitCode] of [
    ["", 0],
    ["1", 1],
  ] as const) {
    const ended = await run(process.execPath, [MAIN], {
      env: { ...env, HARDCALL_TEST_REQUIRE_WINE: required },
    });
    expect(ended).toMatchObject({ exitCode, stderr: "" });
    expect(ended.stdout.toString()).toMatch(REASON);
  }
});

const result = (event: Result["event"], name = "a", more: Partial<Result> = {}): Result => ({
  event,
  name,
  isSuite: false,
  ...more,
});
const [started, passed, finished] = [result("started"), result("passed"), result("finished", "")];
const job = (event: Result["event"], error?: string) => result(event, "b (Job Object)", { error });
const good = { exitCode: 0 };
const bad = { exitCode: 1 };

describe("a file is green only if all of its tests have ended, and one of them passed", () => {
  test.each([
    ["all passed", good, [started, passed, finished], []],
    ["one failed", bad, [passed, result("failed", "b", { error: "E" }), finished], ["b\nE"]],
    ["none passed", good, [finished], ["No test passed."]],
    ["all skipped", good, [result("passed", "a", { skip: "why" }), finished], ["No test passed."]],
    [
      "its process ended in a test",
      good,
      [started, passed, result("started", "b")],
      ["The file's process ended before its tests. Still running: b."],
    ],
    ["an odd exit code", { exitCode: 7 }, [passed, finished], ["The file ended with exit code 7."]],
    [
      "a handle that stays open",
      "time limit" as const,
      [passed, finished],
      ["The file was ended at its time limit. Still running: nothing, but a handle is open."],
    ],
  ])("%s", (_, ending, results, faults) => {
    expect(faultsOf({ ending, results })).toEqual(faults);
  });
});

describe("without Job Objects each test of them has to fail, by an assertion", () => {
  test.each([
    ["all fail", [job("failed", "AssertionError [ERR_ASSERTION]: it lives on"), finished], []],
    ["one passes", [job("passed"), finished], ["b (Job Object)\npasses without the Job Object"]],
    [
      "one fails for another reason",
      [job("failed", "TypeError: no"), finished],
      ["b (Job Object)\nfails for another reason: TypeError: no"],
    ],
    ["none ran", [passed, finished], ["No test with (Job Object) in its name ran."]],
    [
      "the process ended early",
      [job("failed", "AssertionError: it lives on"), result("started", "c")],
      ["The file's process ended before its tests. Still running: c."],
    ],
  ])("%s", (_, results, faults) => {
    expect(faultsWithoutJobObject({ ending: bad, results })).toEqual(faults);
  });
});
