import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigError, defineCall, gemini } from "../../../src/index.ts";
import { tempFolder } from "../../helpers/files.ts";
import { ask, decisionOf, errorOf, resultOf } from "./ask.ts";

const SESSION = "00000000-0000-4000-8000-000000000000";

/** A script in place of gemini that writes down how it was started, and then prints what it is given. */
function recorder(events: readonly object[], stderr = "") {
  const folder = tempFolder();
  const file = path.join(folder, "gemini");
  const seen = path.join(folder, "seen.json");
  const script = `#!/usr/bin/env node
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("GEMINI_")));
require("node:fs").writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ args: process.argv.slice(2), stdin: require("node:fs").readFileSync(0, "utf8"), env }));
process.stderr.write(${JSON.stringify(stderr)});
process.stdout.write(${JSON.stringify(events.map((event) => `${JSON.stringify(event)}\n`).join(""))});
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  const how = () =>
    JSON.parse(readFileSync(seen, "utf8")) as {
      readonly args: readonly string[];
      readonly stdin: string;
      readonly env: Readonly<Record<string, string>>;
    };
  return { geminiPath: file, how };
}

const init = { type: "init", session_id: SESSION, model: "gemini-2.5-flash" };
const say = (content: string) => ({ type: "message", role: "assistant", content, delta: true });
const success = { type: "result", status: "success", stats: { total_tokens: 17 } };
const GOOD = [init, say("Tides"), success];

const problemsOf = (options: object): string => {
  const callee = gemini(options);
  try {
    defineCall({ name: "draft", callee, timeout: "5s", effects: "none" });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

describe("how gemini is started", () => {
  it("with each option as its flag, and the lists before other flags", async () => {
    const { geminiPath, how } = recorder(GOOD);
    await ask({
      geminiPath,
      model: "gemini-2.5-pro",
      approvalMode: "auto_edit",
      allowedTools: ["run_shell_command(git log)", "web_fetch"],
      includeDirectories: ["../lib"],
      extensions: ["one"],
      sandbox: false,
      resume: SESSION,
      extraArgs: ["--debug"],
    });
    const expected = [
      ["--allowed-tools", "run_shell_command(git log)", "--allowed-tools", "web_fetch"],
      ["--include-directories", "../lib", "--extensions", "one"],
      ["--model", "gemini-2.5-pro", "--approval-mode", "auto_edit", "--no-sandbox"],
      ["--resume", SESSION, "--output-format", "stream-json", "--debug"],
    ];
    expect(how().args).toEqual(expected.flat());
    expect(how().stdin).toBe("Write the post.");
  });

  it("as one process, and with records in a folder that is gone afterwards", async () => {
    const { geminiPath, how } = recorder(GOOD);
    await ask({ geminiPath });
    const { GEMINI_CLI_NO_RELAUNCH: one, GEMINI_TELEMETRY_OUTFILE: file = "", ...rest } = how().env;
    expect(one).toBe("true");
    expect(rest).toMatchObject({ GEMINI_TELEMETRY_ENABLED: "true", GEMINI_TELEMETRY_LOG_PROMPTS: "false" });
    expect(readdirSync(path.dirname(path.dirname(file)))).not.toContain(path.basename(path.dirname(file)));
  });

  it.each(["user", "workspace"])(
    "without records where the settings of the %s have telemetry",
    async (whose) => {
      const { geminiPath, how } = recorder(GOOD);
      const [home, cwd] = [tempFolder(), tempFolder()];
      const folder = path.join(whose === "user" ? home : cwd, ".gemini");
      mkdirSync(folder);
      writeFileSync(path.join(folder, "settings.json"), '{ "telemetry": { "enabled": true } } // mine');
      await ask({ geminiPath, cwd, env: { HOME: home } });
      expect(Object.keys(how().env).filter((name) => name.includes("TELEMETRY"))).toEqual([]);
    },
  );

  it.each([
    ['{ "telemetry": { "enabled": false } } // off', true],
    ['{ "telemetry": {"target": "gcp"}, "model": { "name": "x" } }', true],
    ['{ "telemetry": { "enabled": "$MINE" } }', false],
    ['{ "telemetry": { /* "enabled": false */ "enabled": true } }', false],
    ['{ "telemetry": true }', false],
  ])("settings that leave telemetry off do not cost the check: %s", async (settings, checked) => {
    const { geminiPath, how } = recorder(GOOD);
    const home = tempFolder();
    mkdirSync(path.join(home, ".gemini"));
    writeFileSync(path.join(home, ".gemini", "settings.json"), settings);
    await ask({ geminiPath, env: { HOME: home } });
    expect("GEMINI_TELEMETRY_OUTFILE" in how().env).toBe(checked);
  });

  it.each([
    ["false", true],
    ["", true],
    ["true", false],
    ["1", false],
  ])("GEMINI_TELEMETRY_ENABLED=%s of the host's environment", async (flag, checked) => {
    const { geminiPath, how } = recorder(GOOD);
    vi.stubEnv("GEMINI_TELEMETRY_ENABLED", flag);
    onTestFinished(() => void vi.unstubAllEnvs());
    await ask({ geminiPath });
    expect("GEMINI_TELEMETRY_OUTFILE" in how().env).toBe(checked);
  });

  it.each([
    [{}, [/wrote no records/]],
    [{ marker: true }, []],
  ])("a note says that nothing tells of a cut, unless there is a marker: %o", async (options, notes) => {
    const fake = { MODE: "ok" };
    const settled = await ask({ fake, env: { GEMINI_TELEMETRY_ENABLED: "false" }, ...options });
    const seen = resultOf(settled).attempts[0]?.notes ?? [];
    expect(seen).toEqual(notes.map((note) => expect.stringMatching(note) as string));
    expect(resultOf(await ask({ fake })).attempts[0]?.notes ?? []).toEqual([]);
  });

  it.each(["/quit", "/memory show", "/deploy the site"])(
    "a prompt that begins with a slash is a prompt, no command of gemini's: %s",
    async (prompt) => {
      const { geminiPath, how } = recorder(GOOD);
      await ask({ geminiPath, prompt });
      expect(how().stdin).toBe(` ${prompt}`);
    },
  );

  it("continues the session of the input rather than that of the options", async () => {
    const other = "11111111-2222-4333-8444-555555555555";
    const { geminiPath, how } = recorder([{ ...init, session_id: other }, ...GOOD.slice(1)]);
    await ask({ geminiPath, resume: SESSION, prompt: { prompt: "And now?", resume: other } });
    expect(how().args).toContain(other);
  });
});

describe("what is refused before anything starts", () => {
  it.each([
    [{ approvalMode: "nope" }, 'approvalMode must be "default", "auto_edit", "yolo" or "plan"'],
    [{ resume: "latest" }, "resume must be the id of a session (a UUID)"],
    [{ resume: "5" }, "resume must be the id of a session (a UUID)"],
    [{ resume: "" }, "resume is blank"],
    [{ allowedTools: ["ls", " "] }, "allowedTools has a blank item"],
    [{ includeDirectories: [""] }, "includeDirectories has a blank item"],
    [{ extraArgs: ["--output-format", "json"] }, "leave --output-format out of extraArgs"],
    [{ extraArgs: ["--output-format=json"] }, "leave --output-format out of extraArgs"],
    [{ extraArgs: ["--outputFormat=json"] }, "leave --outputFormat out of extraArgs"],
    [{ extraArgs: ["--sessionId", "x"] }, "leave --sessionId out of extraArgs"],
    [{ extraArgs: ["-ojson"] }, "leave -o out of extraArgs"],
    [{ extraArgs: ["-p", "x"] }, "leave -p out of extraArgs"],
    [{ extraArgs: ["--resume", "latest"] }, "leave --resume out of extraArgs"],
    [{ extraArgs: ["--session-id", SESSION] }, "leave --session-id out of extraArgs"],
    [{ extraArgs: ["--list-sessions"] }, "leave --list-sessions out of extraArgs"],
    [{ maxTurns: 3 }, "maxTurns is not an option of gemini: "],
    [{ maxBudgetUsd: 3 }, "maxBudgetUsd is not an option of gemini: "],
  ])("%j", (options, problem) => {
    expect(problemsOf(options)).toContain(problem);
  });

  it("a session of the input that is no id", async () => {
    const error = errorOf(await ask({ mode: "ok", prompt: { prompt: "x", resume: "latest" } }));
    expect(error.code).toBe("invalid_config");
    expect(error.message).toContain("resume must be the id of a session (a UUID)");
  });

  it("a prompt that gemini would cut", async () => {
    const error = errorOf(await ask({ mode: "ok", prompt: "x".repeat(8 * 1024 * 1024 + 1) }));
    expect(error.message).toContain("the prompt has 8388609 bytes; gemini takes at most 8388608");
  });
});

describe("sessions", () => {
  it("a session that gemini does not know is an invalid request", async () => {
    const error = errorOf(await ask({ mode: "ok", resume: SESSION }));
    expect(error).toMatchObject({ code: "invalid_request", effect: "rejected", retryable: false });
  });

  it("the id of a run continues it", async () => {
    const folder = tempFolder();
    const first = resultOf(await ask({ mode: "ok", fake: { STATE_DIR: folder } }));
    const sessionId = first.sessionId ?? "";
    const next = await ask({ mode: "ok", fake: { STATE_DIR: folder }, resume: sessionId });
    expect(resultOf(next).sessionId).toBe(sessionId);
  });

  it("another session than the one asked for is ended at once", async () => {
    const { geminiPath } = recorder([{ ...init, session_id: "other" }, ...GOOD.slice(1)]);
    const error = errorOf(await ask({ geminiPath, resume: SESSION }));
    expect(error.code).toBe("invalid_request");
    expect(error.message).toContain("continued another session than the one that it was asked for");
  });
});

describe("what no version prints today", () => {
  const decide = async (events: readonly object[], stderr = "") =>
    decisionOf(await ask({ geminiPath: recorder(events, stderr).geminiPath }));

  it("two results are none", async () => {
    expect(await decide([...GOOD, success])).toMatchObject({ code: "no_result" });
  });

  it.each([
    ["a status of tomorrow", { status: "partial" }],
    ["no status", {}],
    ["a success with an error", { status: "success", error: { type: "unknown", message: "x" } }],
  ])("%s is no success", async (_, fields) => {
    expect(await decide([init, say("Tides"), { type: "result", ...fields }])).toMatchObject({
      code: "job_failed",
    });
  });

  it("fields of other types are no answer and no crash", async () => {
    const odd = [
      { type: "init", session_id: 5, model: null },
      { type: "message", role: "assistant", content: { text: "x" } },
      { type: "tool_use", tool_name: [] },
      { type: "tool_result", error: "x" },
      { type: "error", message: 7, severity: "warning" },
      success,
    ];
    expect(await decide(odd)).toMatchObject({ code: "empty_output" });
  });

  it("an error of severity error before a success is no success", async () => {
    const error = { type: "error", severity: "error", message: "Something new" };
    expect(await decide([init, say("Tides"), error, success])).toMatchObject({ code: "job_failed" });
  });

  it.each(["Maximum session turns exceeded"])("%s", async (message) => {
    const error = { type: "error", severity: "error", message };
    expect(await decide([init, error, success])).toMatchObject({ code: "turn_limit" });
  });

  it("a hook that blocks the run is a denied permission", async () => {
    const error = { type: "error", severity: "warning", message: "Agent execution blocked: by policy" };
    expect(await decide([init, say("Tides"), error, success])).toMatchObject({ code: "permission_denied" });
  });
});

it("20 MB of a tool's output in one event, and the answer after it", async () => {
  const events = [
    init,
    { type: "tool_use", tool_name: "read_file", tool_id: "1", parameters: {} },
    { type: "tool_result", tool_id: "1", status: "success", output: "x".repeat(20_000_000) },
    say("Tides"),
    success,
  ];
  const { geminiPath } = recorder([]);
  const file = path.join(path.dirname(geminiPath), "events");
  writeFileSync(file, "");
  for (const event of events) appendFileSync(file, `${JSON.stringify(event)}\n`);
  writeFileSync(geminiPath, `#!/bin/sh\nexec cat '${file}'\n`);
  expect(resultOf(await ask({ geminiPath, maxOutput: 32 * 1024 * 1024 })).value).toBe("Tides");
  expect(errorOf(await ask({ geminiPath })).code).toBe("output_too_large");
});
