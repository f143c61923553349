import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, decideRetry, isRetryable, mayFollow, type Permission } from "../../src/call/retry.ts";
import { ERROR_CODES, type Effect, type Effects, type ErrorCode } from "../../src/core/vocabulary.ts";

const TERMINAL: readonly ErrorCode[] = [
  "auth",
  "billing",
  "invalid_request",
  "refused",
  "turn_limit",
  "budget_limit",
  "permission_denied",
];

/** Rows: what is known after the attempt. Columns: none, keyed, verifiable, once; then the same without a key. */
const TABLE: readonly (readonly [Effect, readonly Permission[], readonly Permission[]])[] = [
  ["not_started", ["again", "again", "again", "next_call"], ["again", "next_call", "next_call", "next_call"]],
  ["rejected", ["again", "again", "again", "next_call"], ["again", "next_call", "next_call", "next_call"]],
  ["completed", ["again", "again", "probe", "stop"], ["again", "stop", "stop", "stop"]],
  ["unknown", ["again", "again", "probe", "stop"], ["again", "stop", "stop", "stop"]],
];
const EFFECTS: readonly Effects[] = ["none", "keyed", "verifiable", "once"];

describe("what may follow a failed attempt", () => {
  for (const [effect, withKey, withoutKey] of TABLE) {
    for (const [column, effects] of EFFECTS.entries()) {
      test(`${effect}, effects ${effects}`, () => {
        expect(mayFollow(effects, true, { effect })).toBe(withKey[column]);
        expect(mayFollow(effects, false, { effect })).toBe(withoutKey[column]);
      });
    }
  }
});

const decision = fc.record({
  failure: fc.record(
    {
      code: fc.constantFrom(...ERROR_CODES),
      message: fc.constant("failed"),
      effect: fc.constantFrom<Effect>("not_started", "rejected", "completed", "unknown"),
      retryAfterMs: fc.integer({ min: 0, max: 100_000 }),
    },
    { requiredKeys: ["code", "message", "effect"] },
  ),
  effects: fc.constantFrom(...EFFECTS),
  hasKey: fc.boolean(),
  policy: fc.record({
    attempts: fc.integer({ min: 1, max: 10 }),
    baseDelayMs: fc.integer({ min: 1, max: 10_000 }),
    maxDelayMs: fc.integer({ min: 1, max: 60_000 }),
    minAttemptMs: fc.integer({ min: 1, max: 10_000 }),
    feedback: fc.boolean(),
  }),
  attempt: fc.integer({ min: 1, max: 12 }),
  remainingMs: fc.integer({ min: -1000, max: 200_000 }),
  effectWithinMs: fc.constantFrom(0, 1, 60_000),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

test("another attempt is made only when number, time, code and the table allow it", () => {
  fc.assert(
    fc.property(decision, (of) => {
      const decided = decideRetry(of);
      const permission = mayFollow(of.effects, of.hasKey, of.failure);
      if (!decided.again) return;
      expect(of.attempt).toBeLessThan(of.policy.attempts);
      expect(TERMINAL).not.toContain(of.failure.code);
      expect(["again", "probe"]).toContain(permission);
      expect(decided.probe).toBe(permission === "probe");
      expect(of.effects).not.toBe("once");
      if (of.effects !== "none") expect(of.hasKey).toBe(true);
      expect(decided.delayMs).toBeGreaterThanOrEqual(of.failure.retryAfterMs ?? 0);
      expect(of.remainingMs - decided.delayMs).toBeGreaterThanOrEqual(of.policy.minAttemptMs);
      if (decided.probe)
        expect(of.remainingMs - of.effectWithinMs).toBeGreaterThanOrEqual(of.policy.minAttemptMs);
    }),
    { numRuns: 2000 },
  );
});

test("another attempt is made when nothing speaks against it", () => {
  fc.assert(
    fc.property(decision, (of) => {
      const free = {
        ...of,
        failure: { ...of.failure, code: "unavailable" as const, effect: "rejected" as const },
        effects: "none" as const,
        attempt: 1,
        policy: { ...of.policy, attempts: 2 },
        remainingMs: 1e9,
      };
      expect(decideRetry(free)).toMatchObject({ again: true, probe: false });
    }),
  );
});

test("the wait is anywhere from 0 to a bound that doubles and has a limit", () => {
  fc.assert(
    fc.property(decision, ({ policy, attempt, random }) => {
      const wait = backoffMs(policy, attempt, random);
      const bound = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(bound);
      expect(backoffMs(policy, attempt, 0)).toBe(0);
      expect(backoffMs(policy, attempt, 1 - Number.EPSILON)).toBeGreaterThanOrEqual(bound - 1);
    }),
  );
});

test.each(TERMINAL)("%s is never tried again, nor said to be worth it", (code) => {
  const failure = { code, message: "", effect: "rejected" } as const;
  const policy = { attempts: 5, baseDelayMs: 1, maxDelayMs: 1, minAttemptMs: 1, feedback: false };
  const of = {
    failure,
    effects: "none",
    hasKey: true,
    policy,
    attempt: 1,
    remainingMs: 1e6,
    effectWithinMs: 0,
    random: 0,
  } as const;
  expect(decideRetry(of)).toEqual({ again: false });
  expect(isRetryable("none", true, failure)).toBe(false);
});

test("a wait that was told and does not fit the time left ends the call now", () => {
  const failure = { code: "rate_limited", message: "", effect: "rejected", retryAfterMs: 60_000 } as const;
  const policy = { attempts: 5, baseDelayMs: 1, maxDelayMs: 1, minAttemptMs: 1000, feedback: false };
  const policyOf = { policy, attempt: 1, random: 0, effectWithinMs: 0 };
  const of = { failure, effects: "none", hasKey: false, ...policyOf } as const;
  expect(decideRetry({ ...of, remainingMs: 60_999 })).toEqual({ again: false });
  expect(decideRetry({ ...of, remainingMs: 61_000 })).toEqual({ again: true, delayMs: 60_000, probe: false });
});
