import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { CLAUDE_MODES } from "../../examples/demo/claude-modes.mts";
import { jsonLines, listOf, numberOf, objectOf, resultOf, runFake, startFake, stringOf } from "./harness.ts";

const JSON_ARGS = ["-p", "x", "--output-format", "json"];
const STREAM = ["-p", "x", "--output-format", "stream-json", "--verbose"];
const SCHEMA =
  '{"type":"object","properties":{"title":{"type":"string","minLength":1}},"required":["title"]}';

const inAllFormats = async (mode: string, more: readonly string[] = []) => ({
  text: await runFake(["-p", "x", ...more], { mode }),
  json: await runFake([...JSON_ARGS, ...more], { mode }),
  stream: await runFake([...STREAM, ...more], { mode }),
});

const { modeNames } = createRequire(import.meta.url)("../../fake-bin/lib/claude/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

test("the page's table and the demo have every mode", () => {
  const page = readFileSync(new URL("../../fake-bin/README.md", import.meta.url), "utf8");
  const [, table = ""] = /\n## Modes\n(.*?)\nMore about all modes/s.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| `([\w-]+)` /gm)].map(([, name]) => name);
  expect(rows).toEqual(modeNames());
  expect(CLAUDE_MODES.map(({ name }) => name).toSorted()).toEqual(modeNames().toSorted());
});

describe("success-shaped failures", () => {
  test("fail: one line on stderr, nothing on stdout", async () => {
    for (const run of Object.values(await inAllFormats("fail"))) {
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toMatch(/^Error: .*\n$/);
    }
  });

  test("empty-stdout: exit 0 and not a byte", async () => {
    for (const run of Object.values(await inAllFormats("empty-stdout"))) {
      expect(run).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    }
  });

  test("blank: nothing but blanks and newlines", async () => {
    const { text, json } = await inAllFormats("blank");
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toMatch(/^ +\n[ \n]*$/);
    expect(resultOf(json.stdout)).toMatchObject({ subtype: "success", is_error: false, num_turns: 2 });
  });

  test("api-error-exit0: the error is the answer", async () => {
    const { text, json, stream } = await inAllFormats("api-error-exit0");
    expect(text).toMatchObject({ exitCode: 0, stdout: "API Error: Rate limit reached\n", stderr: "" });
    for (const run of [json, stream]) {
      expect(run.exitCode).toBe(0);
      expect(resultOf(run.stdout)).toMatchObject({
        subtype: "success",
        is_error: true,
        stop_reason: "stop_sequence",
      });
    }
  });

  test("permission-denied: success, and permission_denials", async () => {
    const { text, json, stream } = await inAllFormats("permission-denied");
    expect(text.exitCode).toBe(0);
    for (const run of [json, stream]) {
      const result = resultOf(run.stdout);
      expect(result).toMatchObject({ subtype: "success", is_error: false });
      expect(result["permission_denials"]).toMatchObject([
        { tool_name: "Bash", tool_input: { command: "touch /tmp/published" } },
      ]);
    }
    expect(stream.stdout).toContain('"subtype":"permission_denied"');
  });

  test("schema-missing: prose and no structured_output", async () => {
    const { json, stream } = await inAllFormats("schema-missing", ["--json-schema", SCHEMA]);
    for (const run of [json, stream]) {
      expect(run.exitCode).toBe(0);
      const result = resultOf(run.stdout);
      expect(result).toMatchObject({ subtype: "success", is_error: false });
      expect(result).not.toHaveProperty("structured_output");
    }
  });

  test.each([
    [SCHEMA, {}],
    ['{"type":"object","properties":{"a":{"type":"string"}}}', { a: 12_345 }],
    ['{"type":"array","items":{"type":"string"}}', "not what the schema asks for"],
    ['{"type":"string"}', 12_345],
  ])("schema-invalid: %s gets %j", async (schema, value) => {
    const run = await runFake([...JSON_ARGS, "--json-schema", schema], { mode: "schema-invalid" });
    expect(run.exitCode).toBe(0);
    expect(resultOf(run.stdout)["structured_output"]).toEqual(value);
  });

  test("truncated: 65,536 bytes, cut inside the result's text", async () => {
    const { text, json, stream } = await inAllFormats("truncated");
    const partial = await runFake([...STREAM, "--include-partial-messages"], { mode: "truncated" });
    for (const run of [text, json, stream, partial]) {
      expect(run).toMatchObject({ exitCode: 0, signal: null, stderr: "" });
      expect(run.stdoutBytes).toHaveLength(65_536);
      expect(run.stdout.endsWith("\n")).toBe(false);
    }
    for (const run of [json, stream, partial]) {
      const last = run.stdout.slice(run.stdout.lastIndexOf("\n") + 1);
      expect(() => JSON.parse(last) as unknown).toThrow(SyntaxError);
      // Closing the string and the object makes it whole: the cut was inside a string.
      expect(JSON.parse(`${last}"}`)).toHaveProperty("result");
    }
  });

  test("missing-result: the stream ends without its last line", async () => {
    const { text, json, stream } = await inAllFormats("missing-result");
    expect([text.exitCode, json.exitCode, stream.exitCode]).toEqual([0, 0, 0]);
    expect([text.stdout, json.stdout]).toEqual(["", ""]);
    expect(jsonLines(stream.stdout).map((event) => event["type"])).toEqual(["system", "assistant"]);
  });

  test("refusal-exit0: only the stop reason tells", async () => {
    const { json } = await inAllFormats("refusal-exit0");
    expect(json.exitCode).toBe(0);
    expect(resultOf(json.stdout)).toMatchObject({
      subtype: "success",
      is_error: false,
      stop_reason: "refusal",
    });
  });

  test("prompt-lost: fluent, successful, and about nothing", async () => {
    const { text, json } = await inAllFormats("prompt-lost");
    expect(text.stdout).toMatch(/^I don't see a request in your message/);
    expect(resultOf(json.stdout)).toMatchObject({
      subtype: "success",
      is_error: false,
      stop_reason: "end_turn",
    });
  });
});

describe("usage-limit", () => {
  test("gives the time in seconds in the event and as a clock time in the text", async () => {
    const env = { FAKE_CLAUDE_RESETS_AT: "1795352400", TZ: "Europe/Lisbon" };
    const run = await runFake(STREAM, { mode: "usage-limit", env });
    expect(run.exitCode).toBe(1);
    const events = jsonLines(run.stdout);
    expect(events[1]).toMatchObject({
      type: "rate_limit_event",
      rate_limit_info: { status: "rejected", resetsAt: 1_795_352_400 },
    });
    expect(resultOf(run.stdout)["result"]).toBe("You've hit your 5-hour limit · resets 1pm (Europe/Lisbon)");
  });

  test("resets within the next hours unless told otherwise", async () => {
    const run = await runFake(STREAM, { mode: "usage-limit" });
    const info = objectOf(jsonLines(run.stdout)[1]?.["rate_limit_info"]);
    const inSeconds = numberOf(info["resetsAt"]) - Date.now() / 1000;
    expect(inSeconds).toBeGreaterThan(3000);
    expect(inSeconds).toBeLessThan(7200);
  });
});

describe("shapes", () => {
  test("recovered: a retry, then a good answer", async () => {
    const { text, stream } = await inAllFormats("recovered");
    expect(text).toMatchObject({ exitCode: 0, stderr: "" });
    expect(jsonLines(stream.stdout).map(({ type, subtype }) => subtype ?? type)).toEqual([
      "init",
      "api_retry",
      "assistant",
      "success",
    ]);
  });

  test("noise-before: lines on stdout ahead of the answer", async () => {
    const { json } = await inAllFormats("noise-before");
    expect(json.stdout.startsWith("{")).toBe(false);
    const last = json.stdout.trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ type: "result", is_error: false });
  });

  test("noise-stderr: a good answer, exit 0 and warnings", async () => {
    const { text } = await inAllFormats("noise-stderr");
    expect(text.exitCode).toBe(0);
    expect(text.stderr).toContain("Error: this line says error and means nothing");
  });

  test("json-array", async () => {
    const { json } = await inAllFormats("json-array");
    expect(listOf(JSON.parse(json.stdout)).at(-1)).toMatchObject({ type: "result", subtype: "success" });
  });

  test("two-results: the second is of a later turn", async () => {
    const { stream } = await inAllFormats("two-results");
    expect(stream.exitCode).toBe(0);
    const results = jsonLines(stream.stdout).filter((event) => event["type"] === "result");
    expect(results.map((result) => result["result_index"])).toEqual([0, 1]);
    const costs = results.map((result) => numberOf(result["total_cost_usd"]));
    expect(costs[1]).toBeGreaterThan(costs[0]!);
  });

  test("result-then-exit1", async () => {
    const { text, stream } = await inAllFormats("result-then-exit1");
    expect([text.exitCode, stream.exitCode]).toEqual([1, 1]);
    expect(resultOf(stream.stdout)).toMatchObject({ subtype: "success", is_error: false });
  });

  test("no-final-newline", async () => {
    const { text, stream } = await inAllFormats("no-final-newline");
    expect(text.stdout.endsWith("\n")).toBe(false);
    expect(stream.stdout.endsWith("}")).toBe(true);
    expect(resultOf(stream.stdout)).toMatchObject({ subtype: "success" });
  });

  test("split-utf8: chunks that end inside a character", async () => {
    const fake = startFake(STREAM, { mode: "split-utf8" });
    let torn = 0;
    fake.child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("\uFFFD")) torn++;
    });
    const run = await fake.ended;
    expect(torn).toBeGreaterThan(0);
    expect(resultOf(run.stdout)["result"]).toContain("日本語のテキスト");
  });

  test("big-line: one line above 1 MiB", async () => {
    const { json } = await inAllFormats("big-line");
    expect(json.stdoutBytes.length).toBeGreaterThan(2 ** 20);
    expect(resultOf(json.stdout)).toMatchObject({ is_error: false });
  });

  test("unknown-events: new types, no type, blank lines, and a good result", async () => {
    const { stream } = await inAllFormats("unknown-events");
    const types = jsonLines(stream.stdout).map((event) => event["type"]);
    expect(types).toContain("tide_table");
    expect(types).toContain(undefined);
    expect(stream.stdout).toContain("\n\n");
    expect(stream.stdout).toContain("\r\n");
    expect(resultOf(stream.stdout)).toMatchObject({ is_error: false });
  });

  test("flood: 32 MiB and then a proper end", async () => {
    const { text, json, stream } = await inAllFormats("flood");
    expect(text.stdoutBytes).toHaveLength(32 * 2 ** 20);
    for (const run of [text, json, stream]) {
      expect(run.exitCode).toBe(0);
      expect(run.stdoutBytes.length).toBeGreaterThanOrEqual(32 * 2 ** 20);
    }
    expect(stringOf(resultOf(json.stdout)["result"]).length).toBeGreaterThan(31 * 2 ** 20);
    expect(resultOf(stream.stdout)).toMatchObject({ is_error: false });
  });

  test("slow: in pieces with pauses", async () => {
    for (const args of [["-p", "x"], STREAM]) {
      const started = performance.now();
      const fake = startFake(args, { mode: "slow", env: { FAKE_CLAUDE_DELAY_MS: "20" } });
      let pieces = 0;
      fake.child.stdout?.on("data", () => pieces++);
      const run = await fake.ended;
      expect(run.exitCode).toBe(0);
      expect(pieces).toBeGreaterThan(3);
      expect(performance.now() - started).toBeGreaterThan(190);
    }
  });
});

describe("the one-time last line", () => {
  const MARKER = "HARDCALL-END-0123456789abcdef";
  const prompt = `Write a post.\n\nEnd with this line:\n${MARKER}\n`;

  test.each(["ok", "hold-pipe", "permission-denied", "slow", "two-results", "split-utf8"])(
    "ends %s",
    async (mode) => {
      const env = { FAKE_CLAUDE_DELAY_MS: "1", FAKE_CLAUDE_MAX_LIFETIME_MS: "500" };
      const run = await runFake(["-p", "--output-format", "json"], { mode, stdin: prompt, env });
      const [first] = jsonLines(run.stdout);
      expect(stringOf(first?.["result"]).split("\n").at(-1)).toBe(MARKER);
    },
  );

  test("ends FAKE_CLAUDE_TEXT, too, and a flood", async () => {
    const said = await runFake(["-p"], { mode: "ok", stdin: prompt, env: { FAKE_CLAUDE_TEXT: "Hello" } });
    expect(said.stdout).toBe(`Hello\n${MARKER}\n`);
    const flood = await runFake(["-p"], { mode: "flood", stdin: prompt });
    expect(flood.stdoutBytes.subarray(-MARKER.length - 2).toString()).toBe(`\n${MARKER}\n`);
  });

  test.each(["prompt-lost", "truncated", "empty", "blank", "refusal-exit0"])("is not in %s", async (mode) => {
    const run = await runFake(["-p"], { mode, stdin: prompt });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).not.toContain(MARKER);
  });

  test("counts only at the end of the prompt", async () => {
    const run = await runFake(["-p"], { mode: "ok", stdin: `${MARKER}\nWrite a post.` });
    expect(run.stdout).not.toContain(MARKER);
  });
});

describe("costs", () => {
  test("agree with the tokens", async () => {
    const { json } = await inAllFormats("ok");
    const result = resultOf(json.stdout);
    const usage = objectOf(result["usage"]);
    const [model] = Object.values(objectOf(result["modelUsage"]));
    const [input, output] = [numberOf(usage["input_tokens"]), numberOf(usage["output_tokens"])];
    expect(model).toMatchObject({
      inputTokens: input,
      outputTokens: output,
      costUSD: result["total_cost_usd"],
    });
    expect(result["total_cost_usd"]).toBeCloseTo(input * 4e-6 + output * 20e-6, 12);
  });

  test("ids differ from run to run", async () => {
    const runs = [await inAllFormats("ok"), await inAllFormats("ok")];
    const ids = runs
      .flatMap(({ json, stream }) => [resultOf(json.stdout), resultOf(stream.stdout)])
      .map((r) => r["uuid"]);
    expect(new Set(ids).size).toBe(4);
  });
});

test("what ok says is more than a line", async () => {
  const { text } = await inAllFormats("ok");
  expect(text.stdout.length).toBeGreaterThan(200);
  // The SHA-256 of nothing is what an unchecked failure hashes to.
  expect(createHash("sha256").update(text.stdout).digest("hex")).not.toMatch(/^e3b0c442/);
});
