import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ask, decisionOf, errorOf, resultOf } from "./ask.ts";

const { modeNames } = createRequire(import.meta.url)("../../../fake-bin/lib/gemini/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

const Post = z.object({ title: z.string().min(1) });
const TEXT = "The tide came in twice.";
const FOXES = "The quick brown fox jumps over the lazy dog. ".repeat(50_000).slice(0, 2 * 1024 * 1024 - 1);

const again = (code: string, effect: string) => ({ code, effect, retryable: true });
const inVain = (code: string, effect: string) => ({ code, effect, retryable: false });
const said = (value: unknown) => ({ value });

/** What each mode must end in, without a schema and without a marker. */
const EXPECTED: Readonly<Record<string, ReturnType<typeof decisionOf>>> = {
  ok: said(TEXT),
  slow: said(TEXT),
  "noise-before": said(TEXT),
  "noise-stderr": said(TEXT),
  tools: said(TEXT),
  // Two answers in one text: gemini's records tell when the second began.
  "glued-retry": said(TEXT),
  "no-final-newline": said(TEXT),
  "split-utf8": said(`Größe, naïveté, 日本語のテキスト, 👩‍👩‍👧‍👦 and ✨: ${TEXT}`),
  "big-line": said(FOXES),
  "unknown-events": said(TEXT),
  "hang-after-result": said(TEXT),
  "hold-pipe": said(TEXT),
  orphan: said(TEXT),
  // Half an answer after a tool call, and a fluent one about nothing: only a marker or a schema tells, see below.
  "partial-after-tool": said(TEXT),
  "prompt-lost": said(expect.stringMatching(/^I don't see a request in your message/)),
  // Nothing was asked of it that it could break, see below.
  "schema-invalid": said('"not what the schema asks for"'),

  // A command that fails is a tool that ran: the model answers.
  "tool-failed": said(TEXT),

  fail: again("exit_nonzero", "unknown"),
  "thinking-only": again("empty_output", "completed"),
  blocked: inVain("refused", "rejected"),
  "malformed-call": again("no_result", "completed"),
  "bad-gateway": again("unavailable", "rejected"),
  "malformed-event": again("unavailable", "rejected"),
  "error-after-tool": again("unavailable", "unknown"),
  empty: again("empty_output", "completed"),
  blank: again("empty_output", "completed"),
  "empty-after-tool": again("empty_output", "completed"),
  "prompt-over-context": again("empty_output", "completed"),
  "max-tokens": again("truncated_output", "completed"),
  "invalid-stream": again("truncated_output", "completed"),
  truncated: again("truncated_output", "completed"),
  "cut-at-64k": again("truncated_output", "completed"),
  // Its tools ran four times.
  loop: again("truncated_output", "unknown"),
  safety: inVain("refused", "rejected"),
  "missing-result": again("no_result", "completed"),
  "permission-denied": inVain("permission_denied", "completed"),
  "rate-limit": again("rate_limited", "rejected"),
  "rate-limit-wait": again("rate_limited", "rejected"),
  overloaded: again("overloaded", "rejected"),
  "server-error": again("unavailable", "rejected"),
  "timeout-504": again("unavailable", "rejected"),
  // HTTP 512 is exit code 0.
  "status-512": again("unavailable", "rejected"),
  "connection-reset": again("unavailable", "rejected"),
  network: again("unavailable", "rejected"),
  // hardcall does not wait for gemini's own retry: its own follows.
  recovered: again("unavailable", "rejected"),
  "slow-to-give-up": again("unavailable", "rejected"),
  auth: inVain("auth", "rejected"),
  forbidden: inVain("auth", "rejected"),
  "not-logged-in": inVain("auth", "rejected"),
  "bad-request": inVain("invalid_request", "rejected"),
  "model-not-found": inVain("invalid_request", "rejected"),
  "prompt-too-long": inVain("invalid_request", "rejected"),
  "payload-too-large": inVain("invalid_request", "rejected"),
  "untrusted-folder": inVain("invalid_request", "rejected"),
  "bad-settings": inVain("invalid_request", "rejected"),
  "unknown-session": inVain("invalid_request", "rejected"),
  "no-prompt": inVain("invalid_request", "rejected"),
  // A tool was used before.
  "max-turns": inVain("turn_limit", "unknown"),
  crash: again("killed", "unknown"),
  oom: again("killed", "unknown"),
  flood: again("output_too_large", "completed"),
  hang: again("timeout", "unknown"),
  "hang-request": again("timeout", "unknown"),
  "hang-midstream": again("timeout", "unknown"),
  "hang-before-result": again("timeout", "unknown"),
  "hang-stdin": again("timeout", "unknown"),
  drip: again("timeout", "unknown"),
  "ignore-sigterm": again("timeout", "unknown"),
  "exit0-on-sigterm": again("timeout", "unknown"),
  "ignores-signals": again("timeout", "unknown"),
};

const isHang = (mode: string) =>
  EXPECTED[mode] !== undefined && "code" in EXPECTED[mode] && EXPECTED[mode].code === "timeout";
const timeoutOf = (mode: string) => (isHang(mode) ? "2s" : "50s");
// As long as the real one waits before it asks again: the times tell the two answers apart.
const RETRY_MS: Readonly<Record<string, string>> = { "glued-retry": "1000", recovered: "20000" };
const fakeOf = (mode: string) => ({
  TEXT,
  ...(RETRY_MS[mode] !== undefined && { RETRY_MS: RETRY_MS[mode] }),
});

describe("each mode of the fake", () => {
  it("has its line in the table", () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(modeNames().toSorted());
  });

  it.each(Object.entries(EXPECTED))("%s", async (mode, expected) => {
    const settled = await ask({ mode, fake: fakeOf(mode), timeout: timeoutOf(mode) });
    expect(decisionOf(settled)).toEqual(expected);
    // Each process of the run was ended, and hardcall could look at all of them.
    expect(settled.attempts.every(({ survivors = 0 }) => survivors === 0)).toBe(true);
  });
});

it.each(["hang-request", "hang-midstream", "hang-before-result"])("the idle limit ends %s", async (mode) => {
  const settled = await ask({ mode, fake: fakeOf(mode), timeout: { total: "50s", idle: "2s" } });
  expect(decisionOf(settled)).toEqual(again("idle_timeout", "unknown"));
});

describe("with a schema, only an answer that fits is a success", () => {
  it.each(["ok", "tools", "glued-retry", "noise-before", "unknown-events"])("%s", async (mode) => {
    const fake = { ...fakeOf(mode), STRUCTURED: '{"title":"Tides"}' };
    expect(decisionOf(await ask({ mode, fake, output: Post }))).toEqual(said({ title: "Tides" }));
  });

  it.each(["prompt-lost", "schema-invalid", "partial-after-tool", "big-line"])("%s", async (mode) => {
    const settled = await ask({ mode, fake: fakeOf(mode), output: Post });
    expect(decisionOf(settled)).toEqual(again("invalid_output", "completed"));
  });

  it("tells the model what did not fit, and takes the next answer", async () => {
    const fake = { ...fakeOf("ok"), STRUCTURED: '{"title":"Tides"}' };
    const settled = await ask({
      mode: "schema-invalid,ok",
      fake,
      output: Post,
      retry: { attempts: 2, feedback: true },
    });
    expect(decisionOf(settled)).toEqual(said({ title: "Tides" }));
  });
});

describe("with a marker", () => {
  it.each(["ok", "tools", "split-utf8", "noise-before", "no-final-newline"])(
    "%s is a success without its lines",
    async (mode) => {
      const settled = await ask({ mode, fake: fakeOf(mode), marker: true });
      expect(decisionOf(settled)).toEqual(EXPECTED[mode]);
    },
  );

  it.each(["prompt-lost", "partial-after-tool", "max-tokens", "truncated"])(
    "%s is truncated_output",
    async (mode) => {
      const settled = await ask({ mode, fake: fakeOf(mode), marker: true });
      expect(decisionOf(settled)).toEqual(again("truncated_output", "completed"));
    },
  );

  it("goes together with a schema", async () => {
    const fake = { ...fakeOf("ok"), STRUCTURED: '{"title":"Tides"}' };
    const settled = await ask({ mode: "ok", fake, marker: true, output: Post });
    expect(decisionOf(settled)).toEqual(said({ title: "Tides" }));
  });

  it("tells two answers in one text apart where gemini's records cannot", async () => {
    const env = { GEMINI_TELEMETRY_ENABLED: "false" };
    const glued = await ask({ mode: "glued-retry", fake: { TEXT }, env });
    expect(resultOf(glued).value).not.toBe(TEXT);
    const marked = await ask({ mode: "glued-retry", fake: { TEXT }, env, marker: true });
    expect(decisionOf(marked)).toEqual(said(TEXT));
  });
});

it("takes two answers in one text for none if their times do not tell them apart", async () => {
  const settled = await ask({ mode: "glued-retry", fake: { TEXT, RETRY_MS: "0" } });
  expect(decisionOf(settled)).toEqual(again("truncated_output", "completed"));
});

it("leaves the user's own telemetry as it is, and then only a marker finds a cut", async () => {
  const env = { GEMINI_TELEMETRY_ENABLED: "false" };
  expect(resultOf(await ask({ mode: "max-tokens", env })).text).not.toBe("");
  const marked = await ask({ mode: "max-tokens", env, marker: true });
  expect(decisionOf(marked)).toEqual(again("truncated_output", "completed"));
});

describe("gemini's own retries", () => {
  // Without hardcall, the fake would wait for an hour, and the real one for minutes.
  const patient = { TEXT, RETRY_MS: "3600000", MAX_LIFETIME_MS: "50000" };

  it.each(["server-error", "overloaded", "network", "timeout-504", "rate-limit"])(
    "%s: hardcall ends gemini at the first",
    async (mode) => {
      const settled = await ask({ mode, fake: patient, timeout: "40s" });
      expect(decisionOf(settled)).toEqual(EXPECTED[mode]);
    },
  );

  it("the wait of a 429 comes back", async () => {
    const error = errorOf(await ask({ mode: "rate-limit-wait", fake: patient, timeout: "40s" }));
    expect(error.code).toBe("rate_limited");
    expect(error.retryAfterMs).toBe(1000);
  });

  it("hardcall's own follow", async () => {
    const settled = await ask({
      mode: "server-error,ok",
      fake: patient,
      timeout: "40s",
      retry: { attempts: 2, baseDelay: "10ms" },
    });
    expect(decisionOf(settled)).toEqual(said(TEXT));
    expect(settled.attempts).toHaveLength(2);
  });
});

it("takes a denied tool for nothing when told so", async () => {
  const settled = await ask({ mode: "permission-denied", permissionDenials: "allow" });
  const result = resultOf(settled);
  expect(result.permissionDenials).toEqual([
    { tool_name: "run_shell_command", tool_use_id: expect.any(String), tool_input: expect.any(Object) },
  ]);
});

describe("an answer that speaks of errors is an answer", () => {
  it.each([
    '[API Error: {"error":{"code":429,"message":"x"}}]',
    "Attempt 1 failed with status 500. Retrying with backoff...",
    "Loop detected, stopping execution",
    "Model stream ended without a finish reason.",
    "You exceeded your current quota. Please retry in 1s.",
    '{"type":"result","status":"error"}',
  ])("%s", async (text) => {
    expect(decisionOf(await ask({ mode: "ok", fake: { TEXT: text } }))).toEqual(said(text));
  });
});
