import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { describe, test } from "node:test";
import { CallError, claude, defineCall } from "hardcall";
import { fakeClaude } from "hardcall/testing";
import { FAKE_BIN } from "./lib/command-line.ts";

const { modeNames } = createRequire(import.meta.url)(path.join(FAKE_BIN, "lib/claude/modes/index.cjs")) as {
  readonly modeNames: () => readonly string[];
};

/** What a call of the claude callee ends with in each mode: as on Linux (test/callees/claude/modes.test.ts), through claude.cmd. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  success: [
    ..."ok slow noise-before noise-stderr two-results no-final-newline split-utf8 big-line json-array".split(
      " ",
    ),
    ..."unknown-events recovered hang-after-result hold-pipe orphan prompt-lost schema-missing".split(" "),
    "schema-invalid",
  ],
  exit_nonzero: ["fail", "result-then-exit1"],
  empty_output: ["empty", "empty-stdout", "blank"],
  rate_limited: ["api-error-exit0", "rate-limit", "usage-limit"],
  permission_denied: ["permission-denied"],
  truncated_output: ["truncated", "max-tokens"],
  no_result: ["missing-result"],
  refused: ["refusal", "refusal-exit0"],
  overloaded: ["overloaded"],
  unavailable: ["server-error", "connection-reset"],
  auth: ["auth", "not-logged-in", "forbidden"],
  billing: ["credit"],
  invalid_request: ["prompt-too-long", "model-not-found"],
  turn_limit: ["max-turns"],
  budget_limit: ["max-budget"],
  killed: ["crash", "oom"],
  timeout: ["hang", "hang-midstream", "hang-stdin", "ignore-sigterm", "exit0-on-sigterm"],
  output_too_large: ["flood"],
};

test("every mode is here", () => {
  assert.deepEqual(Object.values(EXPECTED).flat().toSorted(), [...modeNames()].toSorted());
});

describe("a mode of the fake, called by hardcall as claude.cmd", { concurrency: 3 }, () => {
  for (const [expected, modes] of Object.entries(EXPECTED)) {
    for (const mode of modes) {
      test(`${mode}: ${expected}`, async () => {
        const fake = await fakeClaude({
          mode,
          env: { FAKE_CLAUDE_MAX_LIFETIME_MS: "60000", FAKE_CLAUDE_DELAY_MS: "20" },
        });
        const call = defineCall({
          name: "draft",
          callee: claude({ killGrace: "300ms", env: fake.env }),
          // What hangs must have started: Wine under load takes seconds for that.
          timeout: expected === "timeout" ? "6s" : "50s",
          effects: "none",
        });
        const settled = await call.settle("Write the post.");
        assert.equal(settled instanceof CallError ? settled.code : "success", expected);
        const calls = await fake.calls();
        assert.deepEqual(
          calls.map((one) => one.mode),
          [mode],
        );
        await fake[Symbol.asyncDispose]();
      });
    }
  }
});
