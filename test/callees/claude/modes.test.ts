import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ask, decisionOf, errorOf } from "./ask.ts";

const { modeNames } = createRequire(import.meta.url)("../../../fake-bin/lib/claude/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

const Post = z.object({ title: z.string().min(1) });
const TEXT = "The tide came in twice.";
const FOXES = "The quick brown fox jumps over the lazy dog. ".repeat(50_000).slice(0, 2 * 1024 * 1024 - 1);
const SESSION = "00000000-0000-4000-8000-000000000000";

const again = (code: string, effect: string) => ({ code, effect, retryable: true });
const inVain = (code: string, effect: string) => ({ code, effect, retryable: false });
const said = (value: unknown) => ({ value });

/** What each mode must end in, without a schema and without a marker. */
const EXPECTED: Readonly<Record<string, ReturnType<typeof decisionOf>>> = {
  ok: said(TEXT),
  slow: said(TEXT),
  "noise-before": said(TEXT),
  "noise-stderr": said(TEXT),
  "two-results": said(TEXT),
  "no-final-newline": said(TEXT),
  "split-utf8": said(`Größe, naïveté, 日本語のテキスト, 👩‍👩‍👧‍👦 and ✨: ${TEXT}`),
  "big-line": said(FOXES),
  "json-array": said(TEXT),
  "unknown-events": said(TEXT),
  recovered: said(TEXT),
  "hang-after-result": said(TEXT),
  "hold-pipe": said(TEXT),
  orphan: said(TEXT),
  // Fluent, and about nothing: only a marker or a schema tells, see below.
  "prompt-lost": said(expect.stringMatching(/^I don't see a request in your message/)),
  // Nothing was asked of these two that they could break, see below.
  "schema-missing": said(TEXT),
  "schema-invalid": said('"not what the schema asks for"'),

  fail: again("exit_nonzero", "unknown"),
  empty: again("empty_output", "completed"),
  "empty-stdout": again("empty_output", "completed"),
  blank: again("empty_output", "completed"),
  "api-error-exit0": again("rate_limited", "rejected"),
  "permission-denied": inVain("permission_denied", "completed"),
  truncated: again("truncated_output", "completed"),
  "missing-result": again("no_result", "completed"),
  "max-tokens": again("truncated_output", "completed"),
  refusal: inVain("refused", "rejected"),
  "refusal-exit0": inVain("refused", "rejected"),
  "rate-limit": again("rate_limited", "rejected"),
  "usage-limit": again("rate_limited", "rejected"),
  overloaded: again("overloaded", "rejected"),
  "server-error": again("unavailable", "rejected"),
  "connection-reset": again("unavailable", "rejected"),
  auth: inVain("auth", "rejected"),
  "not-logged-in": inVain("auth", "rejected"),
  forbidden: inVain("auth", "rejected"),
  credit: inVain("billing", "rejected"),
  "prompt-too-long": inVain("invalid_request", "rejected"),
  "model-not-found": inVain("invalid_request", "rejected"),
  // A tool was used before.
  "max-turns": inVain("turn_limit", "unknown"),
  "max-budget": inVain("budget_limit", "rejected"),
  crash: again("killed", "unknown"),
  oom: again("killed", "unknown"),
  hang: again("timeout", "unknown"),
  "hang-midstream": again("timeout", "unknown"),
  "hang-stdin": again("timeout", "unknown"),
  "ignore-sigterm": again("timeout", "unknown"),
  "exit0-on-sigterm": again("timeout", "unknown"),
  "result-then-exit1": again("exit_nonzero", "unknown"),
  flood: again("output_too_large", "completed"),
};

const SUCCESSES = [
  "ok slow noise-before noise-stderr two-results no-final-newline split-utf8 big-line json-array unknown-events",
  "recovered hang-after-result hold-pipe orphan",
].flatMap((names) => names.split(" "));

const HANGS = ["hang", "hang-midstream", "hang-stdin", "ignore-sigterm", "exit0-on-sigterm"];
const timeoutOf = (mode: string) => (HANGS.includes(mode) ? "2s" : "50s");
const fakeOf = (mode: string) => ({ mode, env: { FAKE_CLAUDE_TEXT: TEXT } });

describe("each mode of the fake", () => {
  it("has its line in the table", () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(modeNames().toSorted());
  });

  it.each(Object.entries(EXPECTED))("%s", async (mode, expected) => {
    const outcome = await ask({ fake: fakeOf(mode), timeout: timeoutOf(mode) });
    expect(decisionOf(outcome)).toEqual(expected);
  });
});

/** What another version of the CLI says in another way: docs/conformance.md. */
const BY_VERSION =
  "rate-limit usage-limit connection-reset auth model-not-found prompt-too-long max-tokens refusal max-turns max-budget permission-denied";

it.each(BY_VERSION.split(" "))("%s ends in the same way as 2.1.197 says it", async (mode) => {
  const { env, ...fake } = fakeOf(mode);
  const outcome = await ask({ fake: { ...fake, env: { ...env, FAKE_CLAUDE_VERSION: "2.1.197" } } });
  expect(decisionOf(outcome)).toEqual(EXPECTED[mode]);
});

describe("with a schema, only a good answer is a success", () => {
  const good = { value: { title: "Tides" } };
  const fails: Readonly<Record<string, ReturnType<typeof decisionOf>>> = {
    ...Object.fromEntries(SUCCESSES.map((mode) => [mode, good])),
    // Two MiB of prose are no post.
    "big-line": again("invalid_output", "completed"),
    "schema-missing": again("invalid_output", "completed"),
    "schema-invalid": again("invalid_output", "completed"),
    "prompt-lost": again("invalid_output", "completed"),
  };
  const cases = modeNames().map((mode) => [mode, fails[mode] ?? EXPECTED[mode]] as const);

  it.each(cases)("%s", async (mode, expected) => {
    const env = { FAKE_CLAUDE_TEXT: TEXT, FAKE_CLAUDE_STRUCTURED: '{"title":"Tides"}' };
    const outcome = await ask({ fake: { mode, env }, timeout: timeoutOf(mode), output: Post });
    expect(decisionOf(outcome)).toEqual(expected);
  });
});

describe("with a marker", () => {
  it.each([...SUCCESSES, "schema-missing"])("%s is a success without its last line", async (mode) => {
    const outcome = await ask({ fake: fakeOf(mode), marker: true });
    // Invisible text before the last line is removed with it.
    const expected = mode === "big-line" ? said(FOXES.trimEnd()) : EXPECTED[mode];
    expect(decisionOf(outcome)).toEqual(expected);
  });

  it.each(["prompt-lost", "schema-invalid", "truncated", "max-tokens"])(
    "%s is truncated_output",
    async (mode) => {
      const outcome = await ask({ fake: fakeOf(mode), marker: true });
      expect(decisionOf(outcome)).toEqual(again("truncated_output", "completed"));
    },
  );

  it.each(["empty", "blank", "empty-stdout"])("%s is still empty_output", async (mode) => {
    const outcome = await ask({ fake: fakeOf(mode), marker: true });
    expect(decisionOf(outcome)).toEqual(again("empty_output", "completed"));
  });
});

describe("when to come back", () => {
  it("a usage limit tells it, in milliseconds from its seconds", async () => {
    const resetsAt = Math.ceil(Date.now() / 1000) + 1800;
    const env = { FAKE_CLAUDE_RESETS_AT: String(resetsAt) };
    const error = errorOf(await ask({ fake: { mode: "usage-limit", env } }));
    expect(error.retryAfterMs).toBeGreaterThan(1_700_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(1_802_000);
  });

  it.each([
    ["long ago", -3600],
    ["in a month", 30 * 86_400],
  ])("a time %s is not believed", async (_, inSeconds) => {
    const env = { FAKE_CLAUDE_RESETS_AT: String(Math.ceil(Date.now() / 1000) + inSeconds) };
    expect(errorOf(await ask({ fake: { mode: "usage-limit", env } })).retryAfterMs).toBeUndefined();
  });

  it.each(["rate-limit", "overloaded", "server-error", "api-error-exit0"])("%s does not", async (mode) => {
    expect(errorOf(await ask({ fake: fakeOf(mode) })).retryAfterMs).toBeUndefined();
  });
});

it("says that it ended a process that had given its result and stayed", async () => {
  const { settled } = await ask({ fake: { mode: "hang-after-result" } });
  expect(settled.attempts[0]?.notes).toEqual([
    "claude was still running 5 s after its result; hardcall ended it",
  ]);
});

it("takes a denied permission for nothing when told so", async () => {
  const outcome = await ask({ fake: { mode: "permission-denied" }, permissionDenials: "allow" });
  expect(decisionOf(outcome)).toEqual(said("I could not publish the post: the command needs your approval."));
});

it("takes invisible characters for nothing, although the CLI does not", async () => {
  const outcome = await ask({ fake: { mode: "ok", env: { FAKE_CLAUDE_TEXT: " \u200B\uFEFF\u00A0" } } });
  expect(decisionOf(outcome)).toEqual(again("empty_output", "completed"));
});

describe("a draft that speaks of errors is a draft", () => {
  it.each([
    "API Error: 529 Overloaded. This is how the post begins.",
    "API Error: Rate limit reached",
    "Invalid API key · Fix external API key",
    "You've hit your 5-hour limit · resets 1pm (UTC)",
    "Claude AI usage limit reached|1795352400",
    "Error: Reached max turns (1)",
    "error: unknown option '--x'",
    "Credit balance is too low",
    "What rate limit means for you",
    "Not logged in · Please run /login",
    "No conversation found with session ID: 1",
  ])("%s", async (text) => {
    expect(decisionOf(await ask({ fake: { mode: "ok", env: { FAKE_CLAUDE_TEXT: text } } }))).toEqual(
      said(text),
    );
  });
});

describe("a command line that the CLI refuses is an invalid request, before anything was done", () => {
  const missing = "/nonexistent.json";
  it.each([
    ["an unknown flag", { extraArgs: ["--nosuchflag"] }],
    ["a bad value", { permissionMode: "nope" }],
    ["a session that is none", { resume: SESSION }],
    ["a session title that is none", { resume: "weekly" }],
    ["a session id in use", { extraArgs: ["--session-id", SESSION] }],
    ["settings that are not there", { extraArgs: ["--settings", missing] }],
    ["servers that are not there", { extraArgs: ["--mcp-config", missing] }],
    ["a setting source that is none", { extraArgs: ["--setting-sources", "nope"] }],
    ["a system prompt that is not there", { extraArgs: ["--system-prompt-file", missing] }],
    ["a schema that is none", { extraArgs: ["--json-schema", "{bad"] }],
  ])("%s", async (what, options) => {
    const env = what === "a session id in use" ? { FAKE_CLAUDE_SESSIONS: SESSION } : {};
    const outcome = await ask({ fake: { mode: "ok", env }, ...options });
    expect(decisionOf(outcome)).toEqual(inVain("invalid_request", "rejected"));
  });
});
