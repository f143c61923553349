import { describe, expect, test } from "vitest";
import {
  type Json,
  jsonLines,
  numberOf,
  OPEN,
  readLog,
  resultOf,
  runFake,
  startFake,
  temporaryFolder,
} from "./harness.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the SDK's `query()` passes: no -p, and the prompt on stdin. */
const SDK_ARGS = ["--output-format", "stream-json", "--verbose", "--input-format", "stream-json"];

const user = (content: unknown) =>
  `${JSON.stringify({ type: "user", session_id: "", message: { role: "user", content }, parent_tool_use_id: null })}\n`;
const control = (request_id: string, request: Json) =>
  `${JSON.stringify({ request_id, type: "control_request", request })}\n`;
const kinds = (text: string) => jsonLines(text).map((event) => event["subtype"] ?? event["type"]);

describe("the SDK's protocol", () => {
  test("initialize is answered, the message gets a turn, and the end of stdin ends the process", async () => {
    const fake = startFake(SDK_ARGS, { mode: "ok", stdin: OPEN });
    fake.child.stdin?.write(control("a", { subtype: "initialize", systemPrompt: [""] }));
    await fake.printed("control_response");
    fake.child.stdin?.write(user([{ type: "text", text: "hi" }]));
    await fake.printed('"type":"result"');
    fake.child.stdin?.end();
    const run = await fake.ended;
    expect(run).toMatchObject({ exitCode: 0, signal: null, stderr: "" });
    expect(kinds(run.stdout)).toEqual(["control_response", "init", "assistant", "success"]);
    expect(jsonLines(run.stdout)[0]).toMatchObject({
      response: {
        subtype: "success",
        request_id: "a",
        response: { output_style: "default", current_permission_mode: "default" },
      },
    });
  });

  test("each message gets a turn of its own; costs add up", async () => {
    const run = await runFake(SDK_ARGS, { mode: "ok", stdin: user("one") + user("two") });
    const results = jsonLines(run.stdout).filter((event) => event["type"] === "result");
    expect(results.map((result) => result["result_index"])).toEqual([0, 1]);
    expect(new Set(results.map((result) => result["session_id"])).size).toBe(1);
    expect(results[1]?.["total_cost_usd"]).toBeGreaterThan(numberOf(results[0]?.["total_cost_usd"]));
  });

  test("other control requests are answered, unknown ones with an error", async () => {
    const stdin =
      control("1", { subtype: "set_model", model: "haiku" }) +
      control("2", { subtype: "set_permission_mode", mode: "plan" }) +
      control("3", { subtype: "mcp_status" }) +
      control("4", { subtype: "from_the_future" }) +
      user("hi");
    const run = await runFake(SDK_ARGS, { mode: "ok", stdin });
    const lines = jsonLines(run.stdout);
    const replies = lines
      .filter((event) => event["type"] === "control_response")
      .map((event) => event["response"]);
    expect(replies).toEqual([
      { subtype: "success", request_id: "1", response: { model: "claude-haiku-5-5" } },
      { subtype: "success", request_id: "2", response: { mode: "plan" } },
      { subtype: "success", request_id: "3", response: { mcpServers: [] } },
      {
        subtype: "error",
        request_id: "4",
        error: "Unsupported control request subtype: from_the_future",
        error_code: "unsupported_request",
      },
    ]);
    const init = lines.find((event) => event["subtype"] === "init");
    expect(init).toMatchObject({ model: "claude-haiku-5-5", permissionMode: "plan" });
  });

  test("a schema of initialize is honoured", async () => {
    const jsonSchema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const stdin = control("1", { subtype: "initialize", jsonSchema }) + user("hi");
    const run = await runFake(SDK_ARGS, { mode: "ok", stdin });
    expect(resultOf(run.stdout)["structured_output"]).toEqual({ n: 1 });
  });

  test("interrupt ends a hanging turn with a result, and the next message is answered", async () => {
    const fake = startFake(SDK_ARGS, { mode: "hang", stdin: OPEN });
    fake.child.stdin?.write(user("hi"));
    await fake.printed('"init"');
    fake.child.stdin?.end(control("i", { subtype: "interrupt" }));
    const run = await fake.ended;
    const events = jsonLines(run.stdout);
    expect(events[1]).toMatchObject({ response: { request_id: "i", response: { still_queued: [] } } });
    expect(JSON.stringify(events[2])).toContain("[Request interrupted by user]");
    expect(events[3]).toMatchObject({
      subtype: "error_during_execution",
      terminal_reason: "aborted_streaming",
    });
  });

  test("a turn that was interrupted while it asked for permission is the first of two results", async () => {
    const scenario = { replies: [{ match: { prompt: "one" }, tools: [{ name: "Bash" }] }, { text: "Two." }] };
    const file = join(temporaryFolder(), "scenario.json");
    writeFileSync(file, JSON.stringify(scenario));
    const fake = startFake([...SDK_ARGS, "--permission-prompt-tool", "stdio"], {
      stdin: OPEN,
      env: { FAKE_CLAUDE_SCENARIO: file },
    });
    fake.child.stdin?.write(user("one"));
    await fake.printed('"can_use_tool"');
    fake.child.stdin?.write(control("i", { subtype: "interrupt" }));
    await fake.printed('"type":"result"');
    fake.child.stdin?.end(user("two"));
    const results = jsonLines((await fake.ended).stdout).filter((event) => event["type"] === "result");
    expect(results).toMatchObject([
      { terminal_reason: "aborted_tools", result_index: 0 },
      { result: "Two.", result_index: 1 },
    ]);
  });

  test("replayed messages come back marked", async () => {
    const run = await runFake([...SDK_ARGS, "--replay-user-messages"], { mode: "ok", stdin: user("hi") });
    expect(kinds(run.stdout)).toEqual(["init", "user", "assistant", "success"]);
    expect(jsonLines(run.stdout)[1]).toMatchObject({
      type: "user",
      isReplay: true,
      message: { content: "hi" },
    });
  });

  test("nothing on stdin is nothing to do", async () => {
    expect(await runFake(SDK_ARGS, { mode: "ok", stdin: "" })).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("a line that is no JSON ends it, as it ends the real one", async () => {
    expect(await runFake(SDK_ARGS, { mode: "ok", stdin: "{bad\n" })).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: "Error parsing streaming input line (type=unknown, 4 chars): SyntaxError\n",
    });
  });

  // Exit codes and sentences are those of the genuine 2.1.329.
  test.each([
    ["null", 1, "Error parsing streaming input line (type=unknown, 4 chars): TypeError\n"],
    ["5", 0, ""],
    ['{"type":"user"}', 1, "Error: Expected message role 'user', got 'undefined'\n"],
    ['{"type":"user","message":null}', 1, "Error: Expected message role 'user', got 'undefined'\n"],
    [
      '{"type":"user","message":{"role":"assistant","content":"x"}}',
      1,
      "Error: Expected message role 'user', got 'assistant'\n",
    ],
    ['{"type":"control_request","request":null}', 1, "Error: Missing request on control_request\n"],
    ['{"type":"control_response","response":null}', 0, ""],
    ['{"type":"control_response"}', 0, ""],
  ])("a line that no SDK sends, %s, ends with %i", async (line, exitCode, stderr) => {
    const run = await runFake(SDK_ARGS, { mode: "ok", stdin: `${line}\n` });
    expect(run).toMatchObject({ exitCode, stdout: "", stderr });
  });

  test("the marker is found in the message", async () => {
    const run = await runFake(SDK_ARGS, { mode: "ok", stdin: user("hi\nHARDCALL-END-00ff00ff") });
    expect(resultOf(run.stdout)["result"]).toMatch(/\nHARDCALL-END-00ff00ff$/);
  });

  test("the log has every prompt", async () => {
    const log = join(temporaryFolder(), "log");
    await runFake(SDK_ARGS, {
      mode: "ok",
      stdin: user("one") + user("three"),
      env: { FAKE_CLAUDE_LOG: log },
    });
    expect(readLog(log).at(-1)?.["prompts"]).toMatchObject([{ bytes: 3 }, { bytes: 5 }]);
  });
});

describe("failing modes show through it without waiting for stdin to end", () => {
  test.each([
    ["fail", 1],
    ["empty-stdout", 0],
    ["missing-result", 0],
    ["truncated", 0],
  ])("%s exits %i", async (mode, exitCode) => {
    const fake = startFake(SDK_ARGS, { mode, stdin: OPEN });
    fake.child.stdin?.write(user("hi"));
    const run = await fake.ended;
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout).not.toMatch(/"type":"result".*\n/);
  });

  test("crash", async () => {
    const fake = startFake(SDK_ARGS, { mode: "oom", stdin: OPEN });
    fake.child.stdin?.write(user("hi"));
    expect(await fake.ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });

  test.each([
    ["rate-limit", 1],
    ["api-error-exit0", 0],
    ["result-then-exit1", 1],
    ["max-turns", 1],
  ])("%s prints its result and exits %i at the end of stdin", async (mode, exitCode) => {
    const fake = startFake(SDK_ARGS, { mode, stdin: OPEN });
    fake.child.stdin?.write(user("hi"));
    await fake.printed('"type":"result"');
    fake.child.stdin?.end();
    const run = await fake.ended;
    expect(run.exitCode).toBe(exitCode);
    expect(resultOf(run.stdout)).toBeDefined();
  });

  test("hang-after-result stays when stdin ends", async () => {
    const fake = startFake(SDK_ARGS, { mode: "hang-after-result", stdin: user("hi") });
    await fake.printed('"type":"result"');
    fake.child.kill("SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 143 });
  });

  test("hang-stdin never gets as far as init, whether stdin ends or not", async () => {
    const fake = startFake(SDK_ARGS, { mode: "hang-stdin", stdin: OPEN });
    fake.child.stdin?.end(control("a", { subtype: "initialize" }) + user("hi"));
    await fake.printed("control_response");
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    fake.child.kill("SIGTERM");
    const run = await fake.ended;
    expect(run.exitCode).toBe(143);
    expect(kinds(run.stdout)).toEqual(["control_response"]);
  });

  test("interrupt prints the half answer that had arrived", async () => {
    const fake = startFake(SDK_ARGS, { mode: "hang-midstream", stdin: OPEN });
    fake.child.stdin?.write(user("hi"));
    await fake.printed('"init"');
    fake.child.stdin?.end(control("i", { subtype: "interrupt" }));
    const run = await fake.ended;
    expect(kinds(run.stdout)).toEqual([
      "init",
      "control_response",
      "assistant",
      "user",
      "error_during_execution",
    ]);
    expect(jsonLines(run.stdout)[2]).toMatchObject({ type: "assistant", aborted: true });
  });
});

/** Resolves after a while in which the other promise of a race had its chance. */
const quiet = (ms = 300): Promise<string> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, "still running");
  });
