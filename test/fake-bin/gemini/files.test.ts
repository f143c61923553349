// What invocations of the fake gemini share: state, sessions, log, scenario, and the files that the real CLI writes.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jsonLines, readLog, stringOf, temporaryFolder } from "../harness.ts";
import { runGemini } from "./gemini.ts";

const STREAM = ["-p", "x", "-o", "stream-json"];
const ID = "11111111-2222-4333-8444-555555555555";

test("a sequence of modes is one invocation each, and a relaunch takes no step", async () => {
  const env = { FAKE_GEMINI_STATE_DIR: temporaryFolder() };
  const codes: (number | null)[] = [];
  for (const relaunch of [true, false, true]) {
    codes.push((await runGemini(STREAM, { mode: "auth,server-error,ok", env, relaunch })).exitCode);
  }
  expect(codes).toEqual([145, 244, 0]);
});

describe("sessions", () => {
  test("a run is known to later ones, which go on in it", async () => {
    const env = { FAKE_GEMINI_STATE_DIR: temporaryFolder() };
    const first = await runGemini(STREAM, { mode: "ok", env });
    const id = stringOf(jsonLines(first.stdout)[0]?.["session_id"]);
    const second = await runGemini([...STREAM, "--resume", id], { mode: "ok", env });
    expect(jsonLines(second.stdout)[0]).toMatchObject({ type: "init", session_id: id });
    const begun = await runGemini([...STREAM, "--session-id", id], { mode: "ok", env });
    expect(begun).toMatchObject({
      exitCode: 42,
      stdout: "",
      stderr: `Error starting session: Session ID "${id}" already exists. Use --resume to resume it, or provide a different ID.\n`,
    });
    const unknown = await runGemini([...STREAM, "--resume", ID], { mode: "ok", env });
    expect(unknown).toMatchObject({ exitCode: 42, stdout: "" });
    expect(unknown.stderr).toMatch(`Error resuming session: Invalid session identifier "${ID}".\n`);
  });

  test("FAKE_GEMINI_SESSIONS names known ones; latest begins a new one when there is none", async () => {
    const env = { FAKE_GEMINI_SESSIONS: ID };
    expect(await runGemini([...STREAM, "-r", ID], { mode: "ok", env })).toMatchObject({ exitCode: 0 });
    const latest = await runGemini(["--resume", ...STREAM], { mode: "ok" });
    expect(latest.exitCode).toBe(0);
    expect(jsonLines(latest.stdout)[0]?.["session_id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("--resume and --session-id exclude each other", async () => {
    const run = await runGemini([...STREAM, "--resume", ID, "--session-id", ID], { mode: "ok" });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /^The flags --resume, --session-id, and --session-file are mutually exclusive\./,
    );
  });
});

test("the log has flags, modes and exit codes, and no prompt", async () => {
  const log = join(temporaryFolder(), "log");
  const args = ["-m", "gemini-2.5-flash", "-p", "a secret prompt of many words", "-o", "json", "-y"];
  await runGemini(args, { mode: "auth", env: { FAKE_GEMINI_LOG: log } });
  const [start, , end] = readLog(log);
  expect(start).toMatchObject({
    event: "start",
    mode: "auth",
    flags: { model: "gemini-2.5-flash", yolo: true },
  });
  expect(end).toMatchObject({ event: "end", exitCode: 145, refused: null });
  expect(readFileSync(log, "utf8")).not.toContain("secret prompt");
  await runGemini(["--nosuchflag=hunter2", "-p", "x"], { mode: "ok", env: { FAKE_GEMINI_LOG: log } });
  expect(readLog(log).at(-1)).toMatchObject({ refused: "Unknown argument: nosuchflag", exitCode: 1 });
  expect(readFileSync(log, "utf8")).not.toContain("hunter2");
});

describe("a scenario", () => {
  const run = async (replies: readonly object[], args: readonly string[] = STREAM) => {
    const folder = temporaryFolder();
    const file = join(folder, "scenario.json");
    writeFileSync(file, JSON.stringify({ replies }));
    const env = { FAKE_GEMINI_SCENARIO: file, FAKE_GEMINI_STATE_DIR: join(folder, "state") };
    return runGemini(args, { env });
  };

  test("tools that succeed and fail, then a text", async () => {
    const error = { type: "tool_not_registered", message: "no such tool" };
    const { stdout, exitCode } = await run(
      [
        { match: { prompt: "x", flags: { "output-format": "stream-json" } }, mode: "auth" },
        {
          match: { prompt: "y" },
          tools: [
            { name: "read_file", output: "…" },
            { name: "write_file", error },
          ],
          text: "Done.",
        },
      ],
      ["-p", "y", "-o", "stream-json"],
    );
    expect(exitCode).toBe(0);
    expect(jsonLines(stdout).map(({ type, status }) => status ?? type)).toEqual([
      "init",
      "message",
      "tool_use",
      "success",
      "tool_use",
      "error",
      "message",
      "success",
    ]);
  });

  test("a mode, a finish reason, raw chunks, an exit code", async () => {
    expect(await run([{ mode: "auth" }])).toMatchObject({ exitCode: 145 });
    const empty = await run([{ text: "", finishReason: "SAFETY" }], ["-p", "x"]);
    expect(empty.stderr).toContain("[ERROR] The model response was blocked due to safety settings.");
    const raw = await run([{ chunks: [{ stdout: "half a" }, { stdout: " line" }], exitCode: 7 }]);
    expect(raw).toMatchObject({ exitCode: 7, stdout: "half a line" });
  });

  test.each([
    ["fail", 1],
    ["not-logged-in", 41],
    ["no-prompt", 42],
    ["untrusted-folder", 55],
    ["max-turns", 53],
  ])("the mode %s, which ends before the first answer", async (mode, exitCode) => {
    const { stderr, ...end } = await run([{ mode }]);
    expect([end.exitCode, stderr]).toEqual([exitCode, expect.not.stringContaining("fake gemini: ")]);
  });

  test("JSON as the answer", async () => {
    const { stdout } = await run([{ structured: { a: 1 } }], ["-p", "x"]);
    expect(stdout).toBe('{"a":1}\n');
  });

  test("that is wrong is refused", async () => {
    const wrong = await run([{ stopReason: "x" }]);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain("replies[0].stopReason is not known here");
  });
});

describe("what the real CLI writes", () => {
  test("the conversation of a failed request, readable for all, only if asked for", async () => {
    const folder = temporaryFolder();
    const env = { TMPDIR: folder };
    await runGemini(STREAM, { mode: "auth", env });
    expect(readdirSync(folder)).toEqual([]);
    const { stderr } = await runGemini(STREAM, { mode: "auth", env: { ...env, FAKE_GEMINI_REPORTS: "1" } });
    const [name = ""] = readdirSync(folder);
    expect(stderr).toContain(`Full report available at: ${join(folder, name)} `);
    expect(readFileSync(join(folder, name), "utf8")).toContain('"text": "x"');
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o644);
  });

  test.each([
    ["ok", ["stop"]],
    ["max-tokens", ["length"]],
    ["safety", ["content_filter"]],
    ["glued-retry", ["stop", "NO_FINISH_REASON", "stop"]],
    ["server-error", []],
  ])("telemetry, if asked for: %s", async (mode, said) => {
    const file = join(temporaryFolder(), "telemetry");
    const env = {
      GEMINI_TELEMETRY_ENABLED: "true",
      GEMINI_TELEMETRY_TARGET: "local",
      GEMINI_TELEMETRY_OUTFILE: file,
    };
    writeFileSync(file, "");
    await runGemini(STREAM, { mode, env });
    const words = /"finish_reasons": \[\s+"(\w+)"|"error_type": "(\w+)"/g;
    const found = [...readFileSync(file, "utf8").matchAll(words)].map(([, reason, type]) => reason ?? type);
    expect(found).toEqual(said);
  });
});
