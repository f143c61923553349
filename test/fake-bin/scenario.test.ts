import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAKE_BIN, jsonLines, resultOf, runFake, startFake, temporaryFolder } from "./harness.ts";

/** A scenario file and the environment that uses it. */
function scenario(content: unknown) {
  const folder = temporaryFolder();
  const path = join(folder, "scenario.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return { path, env: { FAKE_CLAUDE_SCENARIO: path, FAKE_CLAUDE_STATE_DIR: join(folder, "state") } };
}

const JSON_ARGS = ["-p", "x", "--output-format", "json"];

describe("a scenario", () => {
  test("gives its replies in order, and the last repeats", async () => {
    const { env } = scenario({ replies: [{ text: "one" }, { mode: "rate-limit" }, { text: "three" }] });
    const said: string[] = [];
    for (let i = 0; i < 4; i++) said.push((await runFake(["-p", "x"], { env })).stdout);
    expect(said).toEqual(["one\n", expect.stringContaining("API Error"), "three\n", "three\n"]);
  });

  test("matches on the prompt and on flags before it goes by order", async () => {
    const { env } = scenario({
      replies: [
        { match: { promptRegex: "^write .* post$" }, text: "by expression" },
        {
          match: { prompt: "weekly", flags: { model: "opus", "allowed-tools": "Read", bare: true } },
          text: "by flags",
        },
        { match: { prompt: "weekly" }, text: "by text" },
        { text: "else" },
      ],
    });
    const say = async (...args: string[]) => (await runFake(["-p", ...args], { env })).stdout.trim();
    expect(await say("write a post")).toBe("by expression");
    expect(await say("weekly", "--model=opus", "--bare", "--allowedTools", "Edit", "Read")).toBe("by flags");
    expect(await say("weekly", "--model=opus")).toBe("by text");
    expect(await say("monthly")).toBe("else");
  });

  test("without a fitting reply fails", async () => {
    const { path, env } = scenario({ replies: [{ match: { prompt: "a" }, text: "b" }] });
    expect(await runFake(["-p", "x"], { env })).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: `fake claude: no reply of FAKE_CLAUDE_SCENARIO ${path} matches this prompt and these flags.\n`,
    });
  });

  test("has tools, structured output, a stop reason and keys of the result", async () => {
    const tools = [{ name: "Read", input: { file_path: "/x" }, output: "text" }];
    const { env } = scenario({
      replies: [
        { tools, text: "cut", stopReason: "max_tokens", result: { fast_mode_state: "on" } },
        { structured: { a: 1 } },
      ],
    });
    const first = await runFake(["-p", "x", "--output-format", "stream-json", "--verbose"], { env });
    expect(jsonLines(first.stdout).map((event) => event["type"])).toEqual([
      "system",
      "assistant",
      "user",
      "assistant",
      "result",
    ]);
    expect(resultOf(first.stdout)).toMatchObject({
      result: "cut",
      stop_reason: "max_tokens",
      fast_mode_state: "on",
      num_turns: 2,
    });
    expect(resultOf((await runFake(JSON_ARGS, { env })).stdout)).toMatchObject({
      structured_output: { a: 1 },
    });
  });

  test("has raw chunks, stderr and an exit code", async () => {
    const chunks = [{ stdout: "half " }, { delayMs: 20, stderr: "warned\n" }, { stdoutBase64: "/w==" }];
    const { env } = scenario({ replies: [{ chunks, stderr: "first\n", exitCode: 7 }] });
    const run = await runFake(["-p", "x"], { env });
    expect(run).toMatchObject({ exitCode: 7, stderr: "first\nwarned\n" });
    expect([...run.stdoutBytes]).toEqual([...Buffer.from("half "), 0xff]);
  });

  test("can forget the one-time last line", async () => {
    const { env } = scenario({ replies: [{ text: "kept" }, { text: "forgot", marker: false }] });
    const prompt = "write\nHARDCALL-END-0123abcd";
    expect(await runFake(["-p", prompt], { env })).toMatchObject({ stdout: "kept\nHARDCALL-END-0123abcd\n" });
    expect(await runFake(["-p", prompt], { env })).toMatchObject({ stdout: "forgot\n" });
  });

  test("cuts stdout into pieces", async () => {
    const { env } = scenario({ replies: [{ text: "abcdefgh", chunkBytes: 3, delayMs: 30 }] });
    const fake = startFake(["-p", "x"], { env });
    const pieces: string[] = [];
    fake.child.stdout?.on("data", (chunk: Buffer) => pieces.push(chunk.toString()));
    await fake.ended;
    expect(pieces).toEqual(["abc", "def", "gh\n"]);
  });

  test.each([
    ["SIGSEGV", null, "SIGSEGV"],
    ["SIGKILL", null, "SIGKILL"],
    ["SIGTERM", 143, null],
  ])("sends itself %s", async (signal, exitCode, by) => {
    const { env } = scenario({ replies: [{ text: "last words", signal }] });
    const run = await runFake(["-p", "x"], { env, cwd: temporaryFolder() });
    expect(run).toMatchObject({ exitCode, signal: by, stdout: "last words\n" });
  });

  test("hangs after its answer", async () => {
    const { env } = scenario({ replies: [{ text: "then nothing", hang: true }] });
    const fake = startFake(["-p", "x"], { env });
    await fake.printed("then nothing\n");
    fake.child.kill("SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 143 });
  });
});

describe("a bad scenario names the place", () => {
  test.each([
    [{ replies: [{}, {}, { delayMs: "soon" }] }, "replies[2].delayMs must be a number."],
    [{ replies: [{ colour: 1 }] }, "replies[0].colour is not known here (known: description, match, "],
    [{ replies: [{ tools: [{}] }] }, "replies[0].tools[0].name is missing."],
    [{ replies: [{ match: { prompt: 3 } }] }, "replies[0].match.prompt must be a string."],
    [
      { replies: [{ match: { promptRegex: "(" } }] },
      "replies[0].match.promptRegex is no regular expression: ",
    ],
    [{ replies: [{ signal: "SIGFOO" }] }, "replies[0].signal must be one of SIGABRT, "],
    [{ replies: [{ exitCode: 256 }] }, "replies[0].exitCode must be at most 255."],
    [
      { replies: [{ mode: "ok", text: "a" }] },
      "replies[0] has both mode and text; one of them is the answer.",
    ],
    [{ replies: [] }, "replies must not be empty."],
    [{}, "replies is missing."],
    [[], "the file must be an object."],
    ["{", "not valid JSON: "],
  ])("%j", async (content, problem) => {
    const { path, env } = scenario(content);
    const run = await runFake(["-p", "x"], { env });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(`fake claude: FAKE_CLAUDE_SCENARIO ${path}: ${problem}`);
  });

  test("and an unknown mode", async () => {
    const { env } = scenario({ replies: [{ mode: "okay" }] });
    const run = await runFake(["-p", "x"], { env });
    expect(run.stderr).toContain('FAKE_CLAUDE_SCENARIO replies[0].mode has the unknown mode "okay"');
  });

  test("a file that is not there", async () => {
    const run = await runFake(["-p", "x"], { env: { FAKE_CLAUDE_SCENARIO: "/nowhere.json" } });
    expect(run.stderr).toMatch(/^fake claude: FAKE_CLAUDE_SCENARIO \/nowhere\.json: ENOENT/);
  });

  test("the published schema is JSON", () => {
    const schema: unknown = JSON.parse(readFileSync(join(FAKE_BIN, "scenario.schema.json"), "utf8"));
    expect(schema).toHaveProperty("$defs.reply");
  });
});

describe("recording", () => {
  const REAL = String.raw`#!/bin/sh
printf '{"type":"system","key":"sk-ant-RECORDED7KEY"}\n'
cat
echo "warned with Bearer RECORDED7TOKEN" >&2
printf 'no newline, ends with 7'
exit 9
`;

  test("runs the real one once, passes it on, and writes a scenario without keys", async () => {
    const folder = temporaryFolder();
    const real = join(folder, "real-claude");
    const path = join(folder, "recorded.json");
    writeFileSync(real, REAL, { mode: 0o755 });
    const env = { FAKE_CLAUDE_RECORD: path, FAKE_CLAUDE_REAL: real };
    const live = await runFake(["-p", "--bare"], { stdin: "say hi\n", env });
    expect(live.exitCode).toBe(9);
    expect(live.stdout).toBe(
      '{"type":"system","key":"sk-ant-RECORDED7KEY"}\nsay hi\nno newline, ends with 7',
    );
    expect(readFileSync(path, "utf8")).not.toMatch(/RECORDED7/);
    const replayed = await runFake(["-p", "x"], { env: { FAKE_CLAUDE_SCENARIO: path } });
    expect(replayed.exitCode).toBe(9);
    expect(replayed.stdout).toBe(live.stdout.replace("sk-ant-RECORDED7KEY", "[redacted]"));
    expect(replayed.stderr).toBe("warned with Bearer [redacted]\n");
  });

  test("refuses to record itself", async () => {
    const env = { FAKE_CLAUDE_RECORD: "/dev/null", FAKE_CLAUDE_REAL: join(FAKE_BIN, "claude") };
    const run = await runFake(["-p", "x"], { env });
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: "fake claude: FAKE_CLAUDE_REAL is this fake, not the real claude.\n",
    });
  });

  test("needs to know the real one", async () => {
    const run = await runFake(["-p", "x"], { env: { FAKE_CLAUDE_RECORD: "/dev/null" } });
    expect(run.stderr).toBe(
      "fake claude: FAKE_CLAUDE_RECORD needs FAKE_CLAUDE_REAL, the path of the real claude.\n",
    );
  });
});
