import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { CallError } from "../../../src/index.ts";
import { askCodex, decisionOf } from "./ask.ts";

const { modeNames } = createRequire(import.meta.url)("../../../fake-bin/lib/codex/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

const TEXT = "The tide came in twice.";
const THREAD = "01a20277-7f37-7622-8a5e-ba0a90f991ba";
const env = { FAKE_CODEX_TEXT: TEXT };

/** What each mode must end in, without a schema and without a marker. */
const EXPECTED: Readonly<Record<string, string>> = {
  [`says ${TEXT}`]: `
    ok slow hang-after-result hold-pipe orphan warnings noise-before noise-stderr two-messages reasoning
    tools two-tools tool-failed patch mcp-tool web-search no-final-newline unknown-events`,
  "says Größe, naïveté, 日本語のテキスト, 👩‍👩‍👧‍👦 and ✨: The tide came i": "split-utf8",
  "says The quick brown fox jumps over the lazy dog. The quick brown": "big-line",
  // Fluent, and about nothing: only a marker or a schema tells, see below.
  "says I don't see a request in your message. It looks like it may ": "prompt-lost",
  // Nothing was asked for that it could break, see below.
  "says Sorry, here is prose and no JSON": "schema-ignored",
  "empty_output completed": "empty blank no-message refusal",
  "truncated_output completed": "max-tokens",
  "truncated_output unknown": "truncated",
  "no_result unknown": "missing-result",
  "output_too_large completed": "flood",
  "permission_denied completed, permanent": "permission-denied patch-denied rule-forbidden mcp-denied",
  "rate_limited rejected": "rate-limit rate-limit-retried rate-limit-wait slow-down usage-limit",
  "billing rejected, permanent": "usage-not-included quota",
  "overloaded rejected": "overloaded",
  "unavailable rejected": `
    server-error recovered reconnecting stale-output-file bad-gateway connection-reset stream-broken stream-closed stream-reset mcp-required`,
  "unavailable unknown": "tools-then-error",
  "auth rejected, permanent": "auth not-logged-in no-key forbidden forbidden-html",
  "refused rejected, permanent": "content-filter policy invalid-request",
  "invalid_request rejected, permanent": `
    new-thread unknown-session prompt-too-long too-large model-not-found context start-up-error`,
  "exit_nonzero unknown": "fail crash",
  "killed unknown": "oom",
  "timeout unknown": `
    hang waits-for-network hang-request hang-midstream drip hang-stdin ignore-sigterm exit0-on-sigterm`,
};

const cases = Object.entries(EXPECTED).flatMap(([decision, modes]) =>
  modes
    .trim()
    .split(/\s+/)
    .map((mode) => [mode, decision] as const),
);
const SESSIONS = ["new-thread", "unknown-session"];

describe("each mode of the fake", () => {
  it("has its line in the table", () => {
    expect(cases.map(([mode]) => mode).toSorted()).toEqual(modeNames().toSorted());
  });

  it.each(cases)("%s: %s", async (mode, decision) => {
    const settled = await askCodex({
      mode,
      timeout: decision.startsWith("timeout") ? "2s" : "50s",
      env,
      resume: SESSIONS.includes(mode) ? THREAD : undefined,
    });
    expect(decisionOf(settled)).toBe(decision);
  });
});

describe("with a schema", () => {
  const output = z.object({ title: z.string() });
  const asked = { output, env: { ...env, FAKE_CODEX_STRUCTURED: '{"title":"Tides"}' } };

  it("a good answer is a success", async () => {
    expect(decisionOf(await askCodex({ mode: "ok", ...asked }))).toBe('says {"title":"Tides"}');
  });

  it.each(["schema-ignored", "prompt-lost"])("%s is none", async (mode) => {
    expect(decisionOf(await askCodex({ mode, ...asked }))).toBe("invalid_output completed");
  });

  it("a retry tells what was wrong", async () => {
    const settled = await askCodex({
      mode: "schema-ignored,ok",
      ...asked,
      retry: { attempts: 2, feedback: true, baseDelay: "1ms" },
    });
    expect(decisionOf(settled)).toBe('says {"title":"Tides"}');
    expect(settled.attempts).toHaveLength(2);
  });
});

describe("with a marker", () => {
  it("the answer comes without its last line", async () => {
    expect(decisionOf(await askCodex({ mode: "ok", marker: true, env }))).toBe(`says ${TEXT}`);
  });

  it("the answer to a lost prompt is truncated_output", async () => {
    expect(decisionOf(await askCodex({ mode: "prompt-lost", marker: true, env }))).toBe(
      "truncated_output completed",
    );
  });
});

describe("the idle limit", () => {
  const timeout = { total: "50s", idle: "1500ms" } as const;

  it.each(["waits-for-network", "hang-request", "hang-midstream"])("ends %s", async (mode) => {
    expect(decisionOf(await askCodex({ mode, timeout, env }))).toBe("idle_timeout unknown");
  });

  it("knows that the model writes, although codex prints nothing", async () => {
    const settled = await askCodex({ mode: "drip", timeout: { total: "4s", idle: "1500ms" }, env });
    expect(decisionOf(settled)).toBe("timeout unknown");
  });
});

describe("the caller is told", () => {
  it("of codex's own retries", async () => {
    const { attempts } = await askCodex({ mode: "tools-then-error", env });
    expect(attempts[0]?.notes).toEqual(["codex repeated its request 5 times by itself"]);
  });

  it("that hardcall ended codex at its first retry", async () => {
    const settled = await askCodex({ mode: "recovered", env });
    expect((settled as CallError).message).toContain("codex began to retry by itself, and hardcall ended it");
    expect(settled.attempts[0]?.notes).toBeUndefined();
  });

  it("of a network that is missing", async () => {
    const { attempts } = await askCodex({ mode: "waits-for-network", timeout: "2s", env });
    expect(attempts[0]?.notes).toEqual(["codex could not connect to its API, and waited for a network"]);
  });

  it("of a process that stayed after its turn", async () => {
    const { attempts } = await askCodex({ mode: "hang-after-result", env });
    expect(attempts[0]?.notes).toEqual(["codex was still running 5 s after its result; hardcall ended it"]);
  });

  it("when a limit ends", async () => {
    const settled = await askCodex({ mode: "rate-limit-wait", env });
    expect(settled).toMatchObject({ code: "rate_limited", retryAfterMs: 1000 });
    const limited = await askCodex({ mode: "usage-limit", env });
    const inMinutes = (limited as { readonly retryAfterMs?: number }).retryAfterMs! / 60_000;
    expect(inMinutes).toBeGreaterThan(118);
    expect(inMinutes).toBeLessThan(122);
  });

  it("nothing of the log that hardcall asks codex for", async () => {
    const shown: Uint8Array[] = [];
    const settled = await askCodex({ mode: "tools", env, onStderr: (chunk) => shown.push(chunk) });
    const text = Buffer.concat(shown).toString("utf8");
    expect(text).not.toMatch(/codex_otel|outgoing_message/);
    expect(settled.stderrTail).toBe(text);
    expect(settled).toMatchObject({ model: expect.stringMatching(/\w/) as string });
  });
});

it("takes a refused tool for nothing when told so", async () => {
  const settled = await askCodex({ mode: "permission-denied", permissionDenials: "allow", env });
  expect(decisionOf(settled)).toBe(`says ${TEXT}`);
  expect(settled).toMatchObject({ permissionDenials: [{ tool_name: "exec_command" }] });
});
