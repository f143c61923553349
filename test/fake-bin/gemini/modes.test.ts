import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { jsonLines, objectOf, resultOf, type Run } from "../harness.ts";
import { runGemini } from "./gemini.ts";

const JSON_ARGS = ["-p", "x", "-o", "json"];
const STREAM = ["-p", "x", "-o", "stream-json"];
const PROMPT = "List it.\n\nAnswer with JSON for this schema:\n";
const SCHEMA = '{"type":"object","properties":{"title":{"type":"string"}},"required":["title"]}';

const { modeNames } = createRequire(import.meta.url)("../../../fake-bin/lib/gemini/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

const types = ({ stdout }: Run) => jsonLines(stdout).map(({ type }) => type);

/** All that the model says in a stream. */
const said = ({ stdout }: Run): string =>
  jsonLines(stdout)
    .filter(({ role }) => role === "assistant")
    .map(({ content }) => String(content))
    .join("");

test("the page's table has every mode", () => {
  const page = readFileSync(new URL("../../../fake-bin/gemini/README.md", import.meta.url), "utf8");
  const [, table = ""] = /\n## Modes\n(.*?)\nMore about all modes/s.exec(page) ?? [];
  expect([...table.matchAll(/^\| `([\w-]+)` /gm)].map(([, name]) => name)).toEqual(modeNames());
});

test("without a mode it says that it is a fake, and exits 1", async () => {
  const run = await runGemini(["-p", "x"]);
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toMatch(/^fake gemini: nothing says what to do\. Set FAKE_GEMINI_MODE /);
});

test.each([
  ["--prompt", ["-p", "x", "-p", "y"]],
  ["--output-format", ["-o", "text", "-o", "json", "-p", "x"]],
])("%s twice is no command line to test with", async (option, args) => {
  const run = await runGemini(args, { mode: "ok" });
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toMatch(`fake gemini: ${option} stands there twice. `);
});

test.each([
  [["-yp", "x", "-ostream-json"], "Unknown arguments: t, a"],
  [["--nosuch-flag", "--other"], "Unknown arguments: nosuch-flag, nosuchFlag, other"],
  [["-p", "x", "--session-id="], "The --session-id option cannot be empty."],
  [["-p", "x", "-i", "y"], "Cannot use both --prompt (-p) and --prompt-interactive (-i) together"],
])("refuses %j as the real CLI does", async (args, words) => {
  const { exitCode, stderr } = await runGemini(args, { mode: "ok" });
  expect([exitCode, stderr.split("\n")[0]]).toEqual([1, words]);
});

test.each([
  [["--model=m", "--outputFormat", "stream-json", "hello", "world"], "hello world"],
  [["-yp", "hello", "-m", "m", "-o", "stream-json", "--no-debug"], "hello"],
  [["--allowed-tools", "a,b", "hello", "-m", "m", "-o", "stream-json"], "hello"],
])("reads %j as the real CLI does", async (args, prompt) => {
  const [init, message] = jsonLines((await runGemini(args, { mode: "ok" })).stdout);
  expect([init?.["model"], message?.["content"]]).toEqual(["m", prompt]);
});

test("without a model the CLI calls it auto; what follows -- is lost", async () => {
  const run = await runGemini(STREAM, { mode: "ok" });
  expect(jsonLines(run.stdout)[0]).toMatchObject({ type: "init", model: "auto" });
  expect(await runGemini(["--", "hello"], { mode: "ok" })).toMatchObject({ exitCode: 42 });
});

test("fail: one line on stderr", async () => {
  const run = await runGemini(STREAM, { mode: "fail" });
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toMatch(/^Error: .*\n$/);
});

test.each([
  [{}, ["256-color"]],
  [{ TERM: "xterm-256color" }, ["True color"]],
  [{ TERM: "dumb" }, ["Basic terminal", "256-color"]],
  [{ COLORTERM: "truecolor" }, []],
])("what stderr says of the terminal: %j", async (env, warnings) => {
  const { stderr } = await runGemini(["-p", "x"], { mode: "ok", env });
  expect(
    [...stderr.matchAll(/^Warning: (\S+ \w+)/gm)].map(([, words]) => words?.replace(" support", "")),
  ).toEqual(warnings);
});

describe("success-shaped failures", () => {
  test("status-512: exit 0 in json and stream-json, 1 in text", async () => {
    const [json, stream, text] = await Promise.all(
      [JSON_ARGS, STREAM, ["-p", "x"]].map((args) => runGemini(args, { mode: "status-512" })),
    );
    expect([json?.exitCode, stream?.exitCode, text?.exitCode]).toEqual([0, 0, 1]);
    expect(json?.stdout).toBe("");
    expect(resultOf(stream?.stdout ?? "")).toMatchObject({ status: "error" });
  });

  test("schema-invalid and ok: JSON for the schema in the prompt, broken and good", async () => {
    const prompts = [`${PROMPT}${SCHEMA}`, `${PROMPT}\`\`\`json\n${SCHEMA}\n\`\`\`\nNothing else.`];
    for (const prompt of prompts) {
      const args = ["-p", prompt, "-o", "stream-json"];
      expect(JSON.parse(said(await runGemini(args, { mode: "schema-invalid" })))).toEqual({});
      expect(JSON.parse(said(await runGemini(args, { mode: "ok" })))).toEqual({ title: expect.any(String) });
      const env = { FAKE_GEMINI_STRUCTURED: '{"title":"A"}' };
      expect(JSON.parse(said(await runGemini(args, { mode: "ok", env })))).toEqual({ title: "A" });
    }
  });

  test("truncated: 65,536 bytes", async () => {
    for (const args of [["-p", "x"], JSON_ARGS, STREAM]) {
      const run = await runGemini(args, { mode: "truncated" });
      expect(run.exitCode).toBe(0);
      expect(run.stdoutBytes).toHaveLength(65_536);
    }
  });

  test("missing-result: the stream ends without its last line", async () => {
    const run = await runGemini(STREAM, { mode: "missing-result" });
    expect([run.exitCode, types(run)]).toEqual([0, ["init", "message", "message"]]);
    expect(await runGemini(JSON_ARGS, { mode: "missing-result" })).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("prompt-lost", async () => {
    const run = await runGemini(["-p", "x"], { mode: "prompt-lost" });
    expect(run.stdout).toMatch(/^I don't see a request/);
  });
});

describe("one-time lines", () => {
  const FIRST = "HARDCALL-BEGIN-0123456789abcdef";
  const LAST = "HARDCALL-END-0123456789abcdef";
  const asking = [
    "-p",
    `Write it.\n\nBegin with a line ${FIRST} and end with a line\n${LAST}`,
    "-o",
    "stream-json",
  ];

  test("a good answer has both", async () => {
    expect(said(await runGemini(asking, { mode: "ok" }))).toMatch(new RegExp(`^${FIRST}\n.*\n${LAST}$`, "s"));
  });

  test("half an answer has the first only, and a glued one has it twice", async () => {
    const half = said(await runGemini(asking, { mode: "max-tokens" }));
    expect([half.startsWith(FIRST), half.includes(LAST)]).toEqual([true, false]);
    const glued = said(await runGemini(asking, { mode: "glued-retry" }));
    expect(glued.split(FIRST)).toHaveLength(3);
    expect(glued.endsWith(LAST)).toBe(true);
  });

  test("a marker elsewhere in the prompt is no request", async () => {
    const run = await runGemini(["-p", `${LAST}\n\nWrite it.`], { mode: "ok" });
    expect(run.stdout).not.toContain("HARDCALL");
  });
});

describe("errors", () => {
  test("bad-request and payload-too-large: the status modulo 256", async () => {
    expect(await runGemini(STREAM, { mode: "bad-request" })).toMatchObject({ exitCode: 144 });
    expect(await runGemini(STREAM, { mode: "payload-too-large" })).toMatchObject({ exitCode: 157 });
  });

  test("unknown-session and no-prompt: 42 whatever the command line says", async () => {
    for (const mode of ["unknown-session", "no-prompt"])
      expect(await runGemini(STREAM, { mode })).toMatchObject({ exitCode: 42, stdout: "" });
  });
});

describe("shapes", () => {
  test("noise-before: lines on stdout ahead of the answer", async () => {
    const { stdout } = await runGemini(STREAM, { mode: "noise-before" });
    const events = stdout.split("\n").filter((line) => line.startsWith('{"'));
    expect(objectOf(JSON.parse(events.at(-1) ?? ""))).toMatchObject({ status: "success" });
    expect(stdout).toMatch(/^Now using node/);
  });

  test("noise-stderr", async () => {
    const run = await runGemini(STREAM, { mode: "noise-stderr" });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("Error: this line says error and means nothing");
  });

  test("no-final-newline", async () => {
    const { stdout } = await runGemini(STREAM, { mode: "no-final-newline" });
    expect(stdout.endsWith("}")).toBe(true);
  });

  test.each(["text", "json", "stream-json"])("split-utf8 and slow, %s: whole in the end", async (format) => {
    const args = ["-p", "x", "-o", format];
    const env = { FAKE_GEMINI_DELAY_MS: "2" };
    expect((await runGemini(args, { mode: "split-utf8" })).stdout).toContain("日本語のテキスト");
    expect((await runGemini(args, { mode: "slow", env })).stdout).toContain("harbour");
  });

  test("big-line, flood and unknown-events end well", async () => {
    for (const mode of ["big-line", "flood", "unknown-events"]) {
      const run = await runGemini(STREAM, { mode });
      expect(run.exitCode).toBe(0);
      const lines = run.stdout.trimEnd().split("\n");
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "result", status: "success" });
    }
    const text = await runGemini(["-p", "x"], { mode: "flood" });
    expect(text.stdoutBytes.length).toBeGreaterThanOrEqual(32 * 1024 * 1024);
    const json = await runGemini(JSON_ARGS, { mode: "flood" });
    expect(String(objectOf(JSON.parse(json.stdout))["response"]).length).toBeGreaterThan(31 * 1024 * 1024);
  });
});
