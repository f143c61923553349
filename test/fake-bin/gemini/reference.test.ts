import { describe, expect, test } from "vitest";
import { OPEN } from "../harness.ts";
import { type GeminiFakeOptions, runGemini, startGemini } from "./gemini.ts";
import { AS_OBSERVED, firstWords, normalised, type Observed, observed, reference } from "./reference.ts";

/** Which mode stands for which observed condition. */
const MODES: Record<string, string> = {
  ok: "ok",
  empty: "empty",
  "no-parts": "empty",
  blank: "blank",
  "max-tokens": "max-tokens",
  recitation: "max-tokens",
  safety: "safety",
  "no-finish,ok": "glued-retry",
  "no-finish": "invalid-stream",
  "error-in-stream": "invalid-stream",
  "tool-then-no-finish": "partial-after-tool",
  "tool-then-empty": "empty-after-tool",
  "512": "status-512",
  "tool-fails": "tool-failed",
  "thought-only": "thinking-only",
  "safety-no-text": "blocked",
  "malformed-call": "malformed-call",
  "502-html": "bad-gateway",
  malformed: "malformed-event",
  "tool-then-500": "error-after-tool",
  "tool-denied": "permission-denied",
  "tool-denied-auto-edit": "permission-denied",
  "tool-denied-plan": "permission-denied",
  "429": "rate-limit",
  "429-retry-info": "rate-limit-wait",
  "401": "auth",
  "403": "forbidden",
  "no-key": "not-logged-in",
  "empty-key": "not-logged-in",
  "400": "prompt-too-long",
  "413": "payload-too-large",
  "404": "model-not-found",
  "500": "server-error",
  "503": "overloaded",
  "504": "timeout-504",
  midreset: "connection-reset",
  reset: "network",
  "connection-refused": "network",
  "key-in-environment-no-network": "network",
  "long-hang": "slow-to-give-up",
  "max-turns": "max-turns",
  "untrusted-folder": "untrusted-folder",
  "settings-not-json": "bad-settings",
  "500,ok": "recovered",
  "tool-ok": "tools",
  "tool-allowed-tools": "tools",
};

const baseOf = ({ name }: Observed) => name.split("/")[0] ?? "";

const options = (one: Observed): GeminiFakeOptions => ({
  mode: MODES[baseOf(one)] ?? "ok",
  ...(one.stdin === undefined ? {} : { stdin: one.stdin }),
  env: { ...AS_OBSERVED, FAKE_GEMINI_GIVE_UP_MS: "10", HOME: "<home>" },
});

/** The mode's 404 names the model that was asked for; the server of the observed runs named one of its own. */
const named = ({ args }: Observed, text: string) => text.replaceAll("models/nope", `models/${args[1]}`);

async function expectSame(one: Observed) {
  const run = await runGemini(one.args, options(one));
  expect([run.exitCode, run.signal]).toEqual([one.exitCode, one.signal]);
  expect(normalised(run.stdout)).toBe(normalised(named(one, one.stdout)));
  expect(normalised(run.stderr)).toBe(normalised(named(one, one.stderr)));
}

describe("a mode prints what the real CLI printed, in every format", () => {
  test.each(reference.filter((one) => baseOf(one) in MODES))("$name", expectSame);
});

describe("the command line", () => {
  const SAME = [
    "prompt-on-stdin/text",
    "prompt-on-stdin/json",
    "prompt-on-stdin/stream-json",
    "prompt-positional/json",
    "prompt-dash/stream-json",
    "prompt-blank/json",
    "no-prompt/text",
    "no-prompt/json",
    "no-prompt/stream-json",
    "prompt-empty/text",
    "prompt-empty/json",
    "prompt-slash-unknown/json",
    "resume-unknown-index/json",
    "session-id-echo/json",
    "session-id-not-uuid/json",
    "list-sessions",
    "no-relaunch-ok/json",
  ];
  test.each(SAME.map(observed))("$name", expectSame);

  const REFUSED = [
    "unknown-option",
    "unknown-option/json",
    "bad-output-format",
    "bad-approval-mode",
    "yolo-and-approval-mode",
    "prompt-and-positional/json",
    "prompt-flag-without-value/json",
    "prompt-flag-dash-dash/json",
  ];
  test.each(REFUSED.map(observed))("$name", async (one) => {
    const run = await runGemini(one.args, options(one));
    expect([run.exitCode, run.stdout]).toEqual([one.exitCode, one.stdout]);
    expect(firstWords(run.stderr)).toBe(firstWords(one.stderr));
    expect(run.stderr).toContain("Usage: gemini [options] [command]");
  });

  test.each(["stdin-left-open/text", "stdin-left-open/json", "no-prompt-stdin-left-open/json"].map(observed))(
    "$name: half a second of silence, then without stdin",
    async (one) => {
      const run = await runGemini(one.args, { ...options(one), stdin: OPEN });
      expect(run.exitCode).toBe(one.exitCode);
      expect(normalised(run.stdout)).toBe(normalised(one.stdout));
      expect(normalised(run.stderr)).toBe(normalised(one.stderr));
    },
  );

  test("stdin-left-open-after-data: it waits for the end", async () => {
    const one = observed("stdin-left-open-after-data/text");
    const fake = startGemini(one.args, { ...options(one), stdin: OPEN });
    fake.child.stdin?.write("some data\n");
    // This one starts later and gives up its silent stdin.
    await runGemini(one.args, { ...options(one), stdin: OPEN });
    expect(fake.child.exitCode).toBeNull();
    fake.child.stdin?.end();
    expect(await fake.ended).toMatchObject({ exitCode: 0, stdout: "Hello from mock\n" });
  });

  test("prompt-huge-stdin: stdin above 8 MiB is cut", async () => {
    const run = await runGemini([], { mode: "prompt-over-context", stdin: "p".repeat(9_000_000) });
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
    expect(run.stderr).toContain("Warning: stdin input truncated to 8388608 bytes.\n");
  });

  test("--version is marked", async () => {
    const run = await runGemini(["--version"]);
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: observed("version").stdout.replace("\n", " [fake]\n"),
    });
  });
});

describe("prompt-over-context: no request, and success", () => {
  test.each(["text", "json", "stream-json"])("%s", async (format) => {
    const { stdout, exitCode } = observed(`prompt-over-context/${format}`);
    const run = await runGemini(["-m", "gemini-2.5-flash", "-o", format], {
      mode: "prompt-over-context",
      stdin: "say hi",
    });
    const prompt = /"content":"[^"]*/g;
    expect(run.exitCode).toBe(exitCode);
    // The observed prompt is 6 MB long and is cut in the reference.
    if (format !== "stream-json") expect(normalised(run.stdout)).toBe(normalised(stdout));
    else expect(run.stdout.replaceAll(prompt, "")).toMatch(/"role":"user".*\n.*"status":"success"/);
  });
});

describe("loop: the same call four times, then a warning and success", () => {
  test("stream-json", async () => {
    const run = await runGemini(["-p", "say hi", "-y", "-o", "stream-json"], { mode: "loop" });
    const [, warning] = /("type":"error".*)\n/.exec(normalised(run.stdout)) ?? [];
    expect(`{${warning}`).toBe(normalised(observed("output-repetitive/stream-json").stdout).split("\n")[2]);
    expect(run.stdout.match(/"type":"tool_use"/g)).toHaveLength(4);
    expect(run.exitCode).toBe(0);
  });
});
