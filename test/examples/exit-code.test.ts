import { describe, expect, it } from "vitest";
import { exitCodeOf as exitCodeOfExamples } from "../../examples/exit-code.mts";
import { exitCodeOf } from "../../src/cli/interface/exit-code.ts";
import type { Circuit } from "../../src/core/circuit.ts";
import { CallError, NO_FACTS } from "../../src/core/errors.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/core/vocabulary.ts";
import { SpawnError } from "../../src/process/start/spawn-error.ts";

const error = (
  code: ErrorCode,
  more: { readonly cause?: unknown; readonly retryAfterMs?: number; readonly circuit?: Circuit } = {},
) =>
  new CallError("a message", {
    ...NO_FACTS,
    name: "call",
    code,
    retryable: false,
    effect: "unknown",
    ...more,
  });

describe("the exit code of an example is that of the command line for", () => {
  it.each(ERROR_CODES)("%s", (code) => {
    expect(exitCodeOfExamples(error(code))).toBe(exitCodeOf(error(code)));
  });

  it.each([
    ["a command that is not there", error("spawn_failed", { cause: notStarted("not_found") }), 127],
    ["one that is no program", error("spawn_failed", { cause: notStarted("not_executable") }), 126],
    ["a doubt that time heals", error("in_doubt", { retryAfterMs: 1000 }), 75],
    ["a circuit that auth opened", error("circuit_open", { circuit: { code: "auth", since: 0 } }), 77],
    ["a circuit that billing opened", error("circuit_open", { circuit: { code: "billing", since: 0 } }), 77],
    [
      "a circuit that overload opened",
      error("circuit_open", { circuit: { code: "overloaded", since: 0 } }),
      75,
    ],
  ])("%s", (_, failure, code) => {
    expect(exitCodeOfExamples(failure)).toBe(code);
    expect(exitCodeOf(failure)).toBe(code);
  });
});

function notStarted(kind: "not_found" | "not_executable"): SpawnError {
  return new SpawnError(kind, "ENOENT", "not started");
}
