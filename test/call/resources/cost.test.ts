import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FinishedAttempt } from "../../../src/call/attempt.ts";
import { microUsdOf, reserveUsdOf } from "../../../src/call/resource-cost.ts";
import type { CallCost } from "../../../src/resources/options.ts";

const RECORD = {
  attempt: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
  durationMs: 1500,
  stdoutBytes: 0,
  stdoutSha256: "",
  stderrBytes: 0,
} as const;

const succeeded = (costUsd?: number, details: object = {}): FinishedAttempt<unknown, object> => ({
  record: { ...RECORD, effect: "completed", costUsd },
  report: { value: "done", details },
  verdict: { ok: true, value: "done" },
});

const timedOut = (costUsd?: number): FinishedAttempt<unknown, object> => {
  const failure = { code: "timeout", message: "timed out", effect: "unknown" } as const;
  return {
    record: { ...RECORD, effect: "unknown", code: "timeout", costUsd },
    report: { failure },
    verdict: { ok: false, failure },
  };
};

const TIB = 2 ** 40;
const name = "warehouse";

describe("the cost of an attempt in millionths of a US dollar", () => {
  it.each([
    ["what the callee told", { name }, succeeded(0.0123), 12_300],
    ["what it told before it was stopped", { name }, timedOut(0.5), 500_000],
    ["nothing told: unknown", { name }, timedOut(), undefined],
    ["free is known", { name }, succeeded(0), 0],
    ["a fixed cost", { name, cost: 0.01 }, timedOut(), 10_000],
    [
      "bytes at their price",
      { name, usdPerTiB: 6.25 },
      succeeded(undefined, { bytesBilled: TIB / 2 }),
      3_125_000,
    ],
    ["bytes without a price: unknown", { name }, succeeded(undefined, { bytesBilled: TIB }), undefined],
    ["a price without bytes: unknown", { name, usdPerTiB: 6.25 }, succeeded(), undefined],
    ["the function before what the callee told", { name, cost: () => 2 }, succeeded(0.5), 2_000_000],
    [
      "a function of the tokens that an agent told",
      { name, cost: ({ usage }: CallCost) => Number(usage?.["output_tokens"]) / 100 },
      succeeded(undefined, { usage: { output_tokens: 250 } }),
      2_500_000,
    ],
    [
      "a function of tokens that are no object",
      { name, cost: ({ usage }: CallCost) => (usage === undefined ? 1 : 2) },
      succeeded(undefined, { usage: "many" }),
      1_000_000,
    ],
    ["a function that does not know", { name, cost: () => undefined }, succeeded(0.5), undefined],
    ["a function that answers NaN", { name, cost: () => Number.NaN }, succeeded(0.5), undefined],
    ["what is beyond every bill", { name }, succeeded(1e305), undefined],
    [
      "a function that answers what is beyond every bill",
      { name, cost: () => 1e305 },
      succeeded(0.5),
      undefined,
    ],
    ["a function that answers a negative cost", { name, cost: () => -1 }, succeeded(0.5), undefined],
  ])("%s", (_, resource, attempt, expected) => {
    expect(microUsdOf(resource, attempt)).toBe(expected);
  });

  it("a promise is no cost: a warning says so, and its rejection ends no host", async () => {
    const told: unknown[] = [];
    const emitWarning = process.emitWarning.bind(process);
    onTestFinished(() => void (process.emitWarning = emitWarning));
    process.emitWarning = (warning: unknown) => void told.push(warning);
    // @ts-expect-error -- as a program in JavaScript may have it
    const resource: Parameters<typeof microUsdOf>[0] = { name, cost: () => Promise.reject(new Error("no")) };
    expect(microUsdOf(resource, succeeded(0.5))).toBeUndefined();
    expect(told).toEqual([expect.stringContaining("returned no number of USD, so the cost of an attempt")]);
    // An unhandled rejection would be told in this turn.
    await turn();
  });

  it("the function is given what is known of the attempt", () => {
    const seen: CallCost[] = [];
    const cost = (result: CallCost) => void seen.push(result);
    microUsdOf({ name, cost }, succeeded(0.5, { bytesBilled: 7 }));
    microUsdOf({ name, cost }, timedOut());
    expect(seen).toEqual([
      { value: "done", code: undefined, costUsd: 0.5, bytesBilled: 7, durationMs: 1500 },
      { value: undefined, code: "timeout", costUsd: undefined, bytesBilled: undefined, durationMs: 1500 },
    ]);
  });
});

it.each([
  ["the limit of claude", { name }, { maxCostUsd: 2 }, 2],
  ["the fixed cost", { name, cost: 0.1 }, { maxCostUsd: 2 }, 0.1],
  ["nothing that is known", { name }, {}, undefined],
])("before it starts, an attempt may cost %s", (_, resource, callee, expected) => {
  expect(reserveUsdOf(resource, callee)).toBe(expected);
});
