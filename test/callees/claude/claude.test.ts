import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { claude, defineCall, type ClaudeEvent, type ClaudeOptions } from "../../../src/index.ts";
import { fixture, ROOT } from "../../helpers/files.ts";

const FAKE = path.join(ROOT, "fake-bin/claude");
const ask = (mode: string, options: ClaudeOptions = {}, more: object = {}) =>
  defineCall({
    name: "draft",
    callee: claude({ claudePath: FAKE, ...options, env: { FAKE_CLAUDE_MODE: mode, ...options.env } }),
    timeout: "30s",
    effects: "none",
    ...more,
  }).settle("Write about the harbour.");

test("claude's own facts are on the result", async () => {
  const events: ClaudeEvent[] = [];
  const result = await ask("ok", { onEvent: (event) => events.push(event) });
  expect(result).toMatchObject({
    outcome: "executed",
    value: expect.stringMatching(/^The morning light/) as string,
    text: expect.stringMatching(/^The morning light/) as string,
    sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    costUsd: expect.any(Number) as number,
    model: expect.stringMatching(/^claude-/) as string,
    stopReason: "end_turn",
    permissionDenials: [],
    numTurns: 1,
  });
  expect(events[0]).toMatchObject({ type: "system", subtype: "init" });
  expect(events.at(-1)).toMatchObject({ type: "result" });
});

test("an answer that comes only after the stop does not beat it, and its cost counts", async () => {
  const end = await ask("", { claudePath: fixture("answers-after-term.mjs") }, { timeout: 4000 });
  expect(end).toMatchObject({ code: "timeout", effect: "unknown", exitCode: 0 });
  expect(end.attempts).toMatchObject([{ costUsd: 0.02 }]);
  expect(end.totalCostUsd).toBe(0.02);
});

test("a result longer than what may be kept is too large, not missing", async () => {
  const end = await ask("big-line", { maxOutput: 100_000 });
  expect(end).toMatchObject({ code: "output_too_large", effect: "completed" });
});

test("a listener that throws, at once or later, costs a note", async () => {
  const end = await ask("noise-stderr", {
    onEvent: () => {
      throw new Error("x");
    },
    // An async listener's rejection, unhandled, would end the host.
    onStderr: () => Promise.reject(new Error("x")) as never,
  });
  expect(end.outcome).toBe("executed");
  expect([...(end.attempts[0]?.notes ?? [])].toSorted()).toEqual(["onEvent threw", "onStderr threw"]);
});

test("noise counts as no sign of life", async () => {
  const end = await ask("hang", {}, { timeout: { total: "30s", idle: 800 } });
  expect(end).toMatchObject({ code: "idle_timeout" });
});

describe("the whole set of modes", () => {
  const ENDS: Readonly<Record<string, string>> = {
    "empty-stdout": "empty_output",
    "permission-denied": "permission_denied",
    truncated: "truncated_output",
    "missing-result": "no_result",
    "max-tokens": "truncated_output",
    refusal: "refused",
    "refusal-exit0": "refused",
    "usage-limit": "rate_limited",
    overloaded: "overloaded",
    "server-error": "unavailable",
    "connection-reset": "unavailable",
    "not-logged-in": "auth",
    credit: "billing",
    "prompt-too-long": "invalid_request",
    "model-not-found": "invalid_request",
    "max-budget": "budget_limit",
    crash: "killed",
    oom: "killed",
    "noise-before": "executed",
    "noise-stderr": "executed",
    "json-array": "executed",
    "two-results": "executed",
    "result-then-exit1": "exit_nonzero",
    "no-final-newline": "executed",
    "split-utf8": "executed",
    "big-line": "executed",
    "unknown-events": "executed",
  };
  for (const [mode, expected] of Object.entries(ENDS)) {
    test(`${mode}: ${expected}`, async () => {
      const end = await ask(mode);
      expect("code" in end ? end.code : end.outcome).toBe(expected);
    });
  }

  test("usage-limit says when it is over", async () => {
    const end = await ask("usage-limit", {}, { retry: { attempts: 3 } });
    expect(end.attempts).toHaveLength(1);
    const { retryAfterMs } = end as { retryAfterMs?: number };
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_660_000);
  });

  test("a denied permission can be taken for a success", async () => {
    const end = await ask("permission-denied", { permissionDenials: "allow" });
    expect(end.outcome).toBe("executed");
    expect((end as unknown as { permissionDenials: unknown[] }).permissionDenials.length).toBeGreaterThan(0);
  });
});

describe("a structured answer", () => {
  const output = z.object({ title: z.string() });
  test("is the schema's value", async () => {
    const end = await ask("ok", {}, { output });
    expect((end as { value?: unknown }).value).toEqual({ title: expect.any(String) as string });
  });
  test("that breaks the schema fails", async () => {
    expect(await ask("schema-invalid", {}, { output })).toMatchObject({ code: "invalid_output" });
  });
});

describe("the marker", () => {
  test("is asked for and stripped", async () => {
    const end = await ask("ok", { marker: true });
    expect(end.outcome).toBe("executed");
    expect((end as { value?: unknown }).value).not.toContain("HARDCALL-END");
  });
  test("unmasks a fluent answer to a lost prompt", async () => {
    expect((await ask("prompt-lost")).outcome).toBe("executed");
    expect(await ask("prompt-lost", { marker: true })).toMatchObject({ code: "truncated_output" });
  });
});
