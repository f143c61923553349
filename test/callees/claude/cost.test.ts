import { expect, test } from "vitest";
import { ClaudeTranscript } from "../../../src/callees/claude/transcript.ts";

const result = (fields: object) => JSON.stringify({ type: "result", subtype: "success", ...fields });

test.each([
  ["a run without a result has no cost", [], undefined],
  ["a result that tells none leaves it unknown", [result({})], undefined],
  ["a run that cost nothing is known", [result({ total_cost_usd: 0 })], 0],
  [
    "a later turn has a higher total",
    [result({ total_cost_usd: 0.01 }), result({ total_cost_usd: 0.03 })],
    0.03,
  ],
  ["a later result without a total takes nothing away", [result({ total_cost_usd: 0.01 }), result({})], 0.01],
  ["a negative figure is none", [result({ total_cost_usd: -1 })], undefined],
])("%s", (_, lines, costUsd) => {
  const transcript = new ClaudeTranscript();
  for (const line of lines) transcript.take(line);
  expect(transcript.costUsd).toBe(costUsd);
});
