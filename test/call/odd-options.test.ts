import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigqueryQuery } from "../../src/bigquery/index.ts";
import * as hardcall from "../../src/index.ts";
import { defineSentinel } from "../../src/sentinel/index.ts";

/** What no type lets pass, and JavaScript does. */
const odd = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, maxDepth: 2 }),
  fc.constantFrom<unknown>(undefined, null, "", -1, Number.NaN, () => 1, Symbol("x"), "constructor", [{}]),
  fc.constantFrom<unknown>({ toString: null, valueOf: null }, Object.create(null), new Date(Number.NaN)),
);

/** Options of these names: right ones, odd ones, missing ones. */
const options = (names: string, right: Readonly<Record<string, unknown>> = {}) =>
  fc.oneof(
    { weight: 1, arbitrary: odd },
    {
      weight: 9,
      arbitrary: fc.record(
        Object.fromEntries(
          names
            .split(" ")
            .map((name) => [name, name in right ? fc.oneof(fc.constant(right[name]), odd) : odd]),
        ),
        { requiredKeys: [] },
      ),
    },
  );

const { task, command, claude, job, dedupe, keyFor } = hardcall as unknown as Maker;
const { fileWritten, httpFound, rowsExist, evidenceCommand, eventually } = hardcall as unknown as Maker;
type Maker = Readonly<Record<string, (...args: unknown[]) => unknown>>;

const PROCESS = "cwd env killGrace maxOutput leftovers onStderr fingerprint";
const DRIVER = { submit() {}, status() {}, cancel() {}, result() {} };
const callee = hardcall.task(async () => "x");
const contract = options(
  "name callee timeout effects key probe output evidence retry ledger store onInProgress logger",
  { name: "it", callee, timeout: "1s", effects: "none", retry: { attempts: 2 } },
);

describe("for any options, it makes a call or says what to do", () => {
  it.each([
    ["defineCall", hardcall.defineCall, [contract]],
    [
      "command",
      command,
      [
        odd,
        fc.oneof(odd, fc.constant(["a"])),
        options(
          `${PROCESS} stdin inheritStdin maxInput onOutput allowEmpty minBytes okExitCodes rejectedExitCodes`,
        ),
      ],
    ],
    [
      "claude",
      claude,
      [
        options(
          `${PROCESS} model tools allowedTools disallowedTools maxTurns maxBudgetUsd systemPrompt appendSystemPrompt resume permissionMode permissionDenials marker claudePath extraArgs onEvent`,
        ),
      ],
    ],
    ["task", task, [odd, options("cancelGrace")]],
    [
      "job",
      job,
      [
        fc.oneof(odd, fc.constant(DRIVER)),
        options("cancelGrace callTimeout resultTimeout minPoll maxPoll onProgress problems fingerprint"),
      ],
    ],
    [
      "bigqueryQuery",
      bigqueryQuery,
      [
        options(
          "client query params types location maximumBytesBilled jobTimeoutMs labels rows schema maxRows pageSize wrapIntegers cancelGrace",
          { query: "SELECT 1", rows: "any" },
        ),
      ],
    ],
    ["keyFor", keyFor, [odd, odd]],
    ["dedupe", dedupe, [options("scope ledger hold maxStreak logger", { scope: "drafts" })]],
    ["fileWritten", fileWritten, [odd, options("within minBytes schema newerThanStart")]],
    ["httpFound", httpFound, [odd, options("within status minBytes contains schema headers redirect")]],
    ["rowsExist", rowsExist, [options("within query params min client id", { client: { query() {} } })]],
    ["evidenceCommand", evidenceCommand, [odd, odd, options("within cwd env killGrace")]],
    ["eventually", eventually, [odd, options("within")]],
    [
      "defineSentinel",
      defineSentinel,
      [
        options(
          "name every window grace unknownGrace min count deadline alertAfter recoverAfter realertEvery maintenance alerts call",
          { name: "posts", window: "48h", count: { files: "*" } },
        ),
      ],
    ],
  ] as [string, (...args: unknown[]) => unknown, fc.Arbitrary<unknown>[]][])("%s", (_name, make, given) => {
    fc.assert(
      fc.property(fc.tuple(...given), (args) => {
        try {
          make(...args);
        } catch (error) {
          const { code, message } = error as { readonly code?: unknown; readonly message: string };
          // An empty key is the nothing that it is.
          expect(["invalid_config", "empty_output"]).toContain(code);
          expect(message.length).toBeGreaterThan(20);
        }
      }),
      { numRuns: 300 },
    );
  });
});

it("names every option that cannot be, and none of their values", () => {
  const define = () =>
    hardcall.defineCall({
      name: "it",
      callee: command!("echo", ["hi"], { cwd: 5, env: "SECRET=1", killgrace: "5s", onStderr: "SECRET" }),
      timeout: "1s",
      effects: "none",
    } as never);
  expect(define).toThrow(
    `Invalid configuration of the call "it":
- cwd must be a string
- env must be an object
- killgrace is not an option; the options are cwd, env, killGrace, maxOutput, leftovers, fingerprint, onStderr, stdin, inheritStdin, maxInput, onOutput, allowEmpty, minBytes, okExitCodes, rejectedExitCodes
- onStderr must be a function`,
  );
});

it("says so too of a use: nothing is started", async () => {
  let started = 0;
  const call = hardcall.defineCall({
    name: "it",
    callee: hardcall.task(async () => ++started),
    timeout: "1s",
    effects: "none",
  });
  for (const [use, problem] of [
    [null, "the options must be an object, not null"],
    [{ signal: "now" }, "signal must be an AbortSignal"],
    [new AbortController().signal, "the options of the call are an AbortSignal; give { signal }"],
    [{ sginal: undefined }, "sginal is not an option; the options are signal, key"],
  ] as const) {
    expect(await call.settle(undefined, use as never)).toMatchObject({
      code: "invalid_config",
      problems: [problem],
    });
  }
  await expect(hardcall.runCommand("true", [], undefined as never)).rejects.toMatchObject({
    code: "invalid_config",
  });
  await expect(hardcall.runClaude("hi", null as never)).rejects.toMatchObject({ code: "invalid_config" });
  expect(started).toBe(0);
});

it("refuses a stdin that a function made of nothing usable, before the command starts", async () => {
  const call = hardcall.defineCall({
    name: "it",
    callee: hardcall.command("cat", [], { stdin: () => 5 as never }),
    timeout: "5s",
    effects: "none",
  });
  expect(await call.settle()).toMatchObject({ code: "invalid_config", effect: "not_started" });
});

it.each([
  ["nothing", () => undefined],
  ["null", () => null],
  ["a text", () => "fine"],
  ["an error", () => Promise.reject(new Error("no"))],
])("a schema that answers with %s has not validated anything", async (_what, validate) => {
  const call = hardcall.defineCall({
    name: "it",
    callee: hardcall.task(async () => "x"),
    timeout: "5s",
    effects: "none",
    output: { "~standard": { version: 1, vendor: "test", validate } } as never,
  });
  expect(await call.settle()).toMatchObject({ code: "invalid_output", effect: "completed" });
});
