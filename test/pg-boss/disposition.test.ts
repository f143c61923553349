import { describe, expect, it } from "vitest";
import { CallError, NO_FACTS } from "../../src/core/errors.ts";
import { LedgerError } from "../../src/database/errors.ts";
import { dispositionOf } from "../../src/pg-boss/disposition.ts";

type Facts = ConstructorParameters<typeof CallError>[1];

const error = (facts: Partial<Facts>) =>
  new CallError("It failed.", {
    ...NO_FACTS,
    name: "publish-post",
    callId: "c1",
    code: "job_failed",
    effect: "unknown",
    retryable: false,
    ...facts,
  });

const became = (facts: Partial<Facts>, stopping = false) => {
  const { output: _, ...rest } = dispositionOf(error(facts), "value", stopping);
  return rest;
};

const LEDGER = new LedgerError("ledger_unavailable", "gone", { reason: "unreachable" });
const ATTEMPT = {
  attempt: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
  durationMs: 1,
  effect: "unknown",
  stdoutBytes: 0,
  stdoutSha256: "",
  stderrBytes: 0,
} as const;
const deadLetter = { kind: "dead_letter" };
const putOff = (delayMs: number) => ({ kind: "put_off", delayMs });

describe("the job of a call that ended with", () => {
  it.each<[string, Partial<Facts>, object]>([
    ["a permanent error", { code: "auth" }, deadLetter],
    ["doubt", { code: "in_doubt", outcome: "in_doubt" }, deadLetter],
    [
      "doubt that a probe can end",
      { code: "in_doubt", outcome: "in_doubt", retryable: true, retryAfterMs: 90_000 },
      putOff(90_000),
    ],
    ["an error that may be retried", { retryable: true }, { kind: "retry", delayMs: undefined }],
    ["the same with a time", { retryable: true, retryAfterMs: 0 }, { kind: "retry", delayMs: 0 }],
    ["in_progress", { code: "in_progress", outcome: "in_progress", retryable: true }, putOff(5000)],
    [
      "in_progress for a short lease",
      { code: "in_progress", outcome: "in_progress", retryAfterMs: 3 },
      putOff(1000),
    ],
    [
      "in_progress for long",
      { code: "in_progress", outcome: "in_progress", retryAfterMs: 3_600_000 },
      putOff(60_000),
    ],
    ["a ledger that cannot be used", { code: "ledger_unavailable", cause: LEDGER }, putOff(30_000)],
    ["a lost lease", { code: "lease_lost" }, putOff(5000)],
    ["a resource without a place", { code: "busy", retryable: true }, putOff(5000)],
    ["a budget until midnight", { code: "over_budget", retryAfterMs: 7_200_000 }, putOff(600_000)],
    ["an open circuit", { code: "circuit_open", retryAfterMs: 90_000 }, putOff(90_000)],
    [
      "a task that threw such a code",
      { code: "busy", attempts: [ATTEMPT], retryable: true },
      { kind: "retry", delayMs: undefined },
    ],
  ])("%s", (_, facts, expected) => {
    expect(became(facts)).toEqual(expected);
  });

  it("cancelled comes back at once if the worker stops, and else never: a job that keeps its retries would come back for ever", () => {
    expect(became({ code: "cancelled" }, true)).toEqual(putOff(0));
    expect(became({ code: "cancelled" })).toEqual(deadLetter);
  });

  it.each(["in_progress", "ledger_unavailable", "lease_lost", "cancelled", "busy"] as const)(
    "%s of another call, which the task has made and thrown, is an error as any other",
    (code) => {
      expect(became({ code, cause: error({ code }) })).toEqual(deadLetter);
    },
  );
});
