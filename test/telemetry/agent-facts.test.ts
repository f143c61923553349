import { expect, it } from "vitest";
import { agentFacts } from "../../src/telemetry/agent-facts.ts";

/** Each as the CLI prints its tokens. */
it.each([
  [
    "claude",
    { input_tokens: 10, output_tokens: 4, cache_read_input_tokens: 3000, cache_creation_input_tokens: 200 },
    { input: 10, output: 4, cacheRead: 3000, cacheCreation: 200 },
  ],
  [
    "codex",
    {
      input_tokens: 10,
      cached_input_tokens: 4,
      cache_write_input_tokens: 1,
      output_tokens: 5,
      reasoning_output_tokens: 2,
    },
    { input: 5, output: 5, cacheRead: 4, cacheCreation: 1 },
  ],
  [
    "gemini",
    { total_tokens: 17, input_tokens: 10, output_tokens: 5, cached: 4, input: 6, duration_ms: 88 },
    { input: 6, output: 5, cacheRead: 4, cacheCreation: 0 },
  ],
] as const)("the tokens of %s, without those of the cache", (kind, usage, tokens) => {
  expect(agentFacts(kind, { model: "m", sessionId: "s", text: "the answer", usage })).toEqual({
    model: "m",
    sessionId: "s",
    tokens,
  });
});

it("a field of an unexpected type counts as absent", () => {
  expect(agentFacts("codex", { model: 3, sessionId: null, usage: "none" })).toEqual({});
  expect(agentFacts("gemini", { usage: { input_tokens: "10", cached: 4 } })).toEqual({
    tokens: { input: 0, output: 0, cacheRead: 4, cacheCreation: 0 },
  });
});
