/** claude(), codex() and gemini() against the fakes of the package. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { claude, defineCall, runClaude } from "hardcall";
import { fakeAnthropicApi, fakeClaude } from "hardcall/testing";
import { z } from "zod";
import { check } from "./lib/check.ts";
import { FAKE_BIN } from "./lib/start.ts";

const TEXT = "The tide came in twice.";
/** What each mode of the fake must end in; the rest succeed. */
const ENDS: Readonly<Record<string, string>> = {
  ...from("exit_nonzero", "fail result-then-exit1"),
  ...from("empty_output", "empty empty-stdout blank"),
  ...from("rate_limited", "api-error-exit0 rate-limit usage-limit"),
  ...from("truncated_output", "truncated max-tokens"),
  ...from("refused", "refusal refusal-exit0"),
  ...from("unavailable", "server-error connection-reset"),
  ...from("auth", "auth not-logged-in forbidden"),
  ...from("invalid_request", "prompt-too-long model-not-found"),
  ...from("killed", "crash oom"),
  ...from("timeout", "hang hang-midstream hang-stdin ignore-sigterm exit0-on-sigterm"),
  "permission-denied": "permission_denied",
  "missing-result": "no_result",
  overloaded: "overloaded",
  credit: "billing",
  "max-turns": "turn_limit",
  "max-budget": "budget_limit",
  flood: "output_too_large",
};

function from(code: string, modes: string): Record<string, string> {
  return Object.fromEntries(modes.split(" ").map((mode) => [mode, code]));
}

await check("each mode of the fake ends in its own code", [17, 19], async () => {
  const load = createRequire(import.meta.url);
  const { modeNames } = load(path.join(FAKE_BIN, "lib/claude/modes/index.cjs")) as {
    readonly modeNames: () => readonly string[];
  };
  const waiting = [...modeNames()];
  const wrong: string[] = [];
  const worker = async () => {
    for (let mode = waiting.shift(); mode !== undefined; mode = waiting.shift()) {
      await using fake = await fakeClaude({ mode, env: { FAKE_CLAUDE_TEXT: TEXT } });
      const timeout = ENDS[mode] === "timeout" ? "2s" : "35s";
      const end = await runClaude("Write.", { timeout, killGrace: 300, env: fake.env }).then(
        ({ value }) => (value === "" ? "nothing" : "success"),
        ({ code }: { code: string }) => code,
      );
      const expected = ENDS[mode] ?? "success";
      if (end !== expected) wrong.push(`${mode}: ${end}, not ${expected}`);
    }
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  assert.deepEqual(wrong, []);
});

await check("a structured answer, a retry, and what the fake saw of them", [], async () => {
  await using fake = await fakeClaude({
    mode: ["overloaded", "ok"],
    env: { FAKE_CLAUDE_STRUCTURED: '{"n":1}' },
  });
  const count = defineCall({
    name: "count",
    callee: claude({ env: fake.env }),
    timeout: "30s",
    effects: "none",
    retry: { attempts: 2, baseDelay: 1 },
    output: z.object({ n: z.number() }),
  });
  const { value, costUsd } = await count("Count.");
  assert.deepEqual(value, { n: 1 });
  assert.ok((costUsd ?? 0) > 0);
  const calls = await fake.calls();
  assert.deepEqual(
    calls.map(({ mode, exitCode }) => [mode, exitCode]),
    [
      ["overloaded", 1],
      ["ok", 0],
    ],
  );
});

await check("the fake Messages API answers and fails as it is told", [], async () => {
  await using api = await fakeAnthropicApi({ mode: ["529", "ok"], text: TEXT });
  const body = JSON.stringify({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hello" }] });
  const headers = { "x-api-key": "none", "anthropic-version": "2023-06-01" };
  const ask = () => fetch(`${api.url}/v1/messages`, { method: "POST", headers, body });
  const statuses = [(await ask()).status, (await ask()).status];
  assert.deepEqual(statuses, [529, 200]);
  assert.equal((await api.requests()).length, 2);
});
