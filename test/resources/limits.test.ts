import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { defineResource } from "../../src/resources/define-resource.ts";
import { limitsOf } from "../../src/resources/limits-of.ts";
import type { ResourceOptions } from "../../src/resources/options.ts";
import type { ResourceLimits } from "../../src/resources/types.ts";
import { minutes, sliding, START, World } from "./harness.ts";

const FULL = {
  name: "big-query",
  concurrency: 3,
  rate: { starts: 50, per: "1h" },
  budget: { usd: 25.5, per: "day", timeZone: "Europe/Berlin" },
  circuitBreaker: true,
} as const;

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("defineResource", () => {
  test("reads every limit, with its defaults", () => {
    expect(defineResource(FULL)).toEqual({
      name: "big-query",
      limits: {
        concurrency: 3,
        rate: { starts: 50, window: sliding(3_600_000) },
        budget: { microUsd: 25_500_000, window: { kind: "day", timeZone: "Europe/Berlin" } },
        breaker: { failures: 5, cooldownMs: minutes(5), maxCooldownMs: minutes(60) },
      },
    });
    const { limits } = defineResource({ name: "x", rate: { starts: 1, per: "day" } });
    expect(limits.rate?.window).toEqual({ kind: "day", timeZone: "UTC" });
  });

  test.each<[string, object, string]>([
    ["a name that is missing", { name: undefined }, "name is missing; give 1 to 64 characters"],
    ["a blank name", { name: "" }, 'name is ""; give 1 to 64 characters'],
    ["a name with capitals", { name: "Anthropic" }, 'name is "Anthropic"'],
    ["no concurrency at all", { concurrency: 0 }, "concurrency is 0; give a whole number from 1 to 1000"],
    ["NaN", { concurrency: Number.NaN }, "concurrency is NaN"],
    ["half a call", { concurrency: 1.5 }, "concurrency is 1.5"],
    ["a text", { concurrency: "3" }, 'concurrency is "3"'],
    ["nothing", { concurrency: null }, "concurrency is null"],
    ["too many", { concurrency: 1001 }, "concurrency is 1001"],
    ["no starts", { rate: { starts: 0, per: "1h" } }, "rate.starts is 0; give a whole number"],
    ["a rate without a number", { rate: { per: "1h" } }, "rate.starts is missing"],
    [
      "a rate without a window",
      { rate: { starts: 1 } },
      'rate.per is missing; give a duration such as "1h", or "day"',
    ],
    ["an empty window", { rate: { starts: 1, per: "" } }, 'rate.per is ""'],
    [
      "a window of no time",
      { rate: { starts: 1, per: 0 } },
      "rate.per is 0; a duration must be greater than 0",
    ],
    [
      "a time zone of a sliding window",
      { rate: { starts: 1, per: "1h", timeZone: "UTC" } },
      'rate.timeZone is allowed only with rate.per "day"',
    ],
    [
      "an unknown time zone",
      { budget: { usd: 1, per: "day", timeZone: "Berlin" } },
      'budget.timeZone is "Berlin"; give an IANA time zone, such as "Europe/Berlin"',
    ],
    ["no money", { budget: { usd: 0, per: "1d" } }, "budget.usd is 0; give a number of USD above 0"],
    ["less than no money", { budget: { usd: -1, per: "1d" } }, "budget.usd is -1"],
    ["infinite money", { budget: { usd: Infinity, per: "1d" } }, "budget.usd is Infinity"],
    ["money as a text", { budget: { usd: "25", per: "1d" } }, 'budget.usd is "25"'],
    ["a number as rate", { rate: 50 }, "rate must be an object"],
    [
      "an unknown option",
      { concurency: 3 },
      "concurency is not an option; the options are name, concurrency",
    ],
    [
      "an unknown option of a limit",
      { rate: { starts: 1, per: "1h", zone: "UTC" } },
      "rate.zone is not an option",
    ],
    [
      "a breaker of a wrong kind",
      { circuitBreaker: "on" },
      'circuitBreaker is "on"; give true, or an object',
    ],
    ["no failures", { circuitBreaker: { failures: 0 } }, "circuitBreaker.failures is 0"],
    ["a cooldown of no time", { circuitBreaker: { cooldown: 0 } }, "circuitBreaker.cooldown is 0"],
    [
      "a longest that is shorter",
      { circuitBreaker: { cooldown: "2h", maxCooldown: "1h" } },
      "circuitBreaker.maxCooldown is shorter than",
    ],
    ["a cost of nothing", { cost: 0 }, "cost is 0; give a number of USD above 0, or a function"],
    ["a price of nothing", { usdPerTiB: 0 }, "usdPerTiB is 0"],
  ])("refuses %s", (_, given, problem) => {
    const problems = problemsOf(() => defineResource({ ...FULL, ...given }));
    expect(problems.map((one) => one.slice(0, problem.length))).toEqual([problem]);
  });

  test("refuses a resource that limits nothing", () => {
    const none = ["no limit is given; give at least one of concurrency, rate, budget and circuitBreaker"];
    expect(problemsOf(() => defineResource({ name: "x" }))).toEqual(none);
    expect(problemsOf(() => defineResource({ name: "x", circuitBreaker: false, cost: 1 }))).toEqual(none);
  });

  test("lists every problem at once, and names the resource", () => {
    const bad = { name: "x", concurrency: 0, rate: { starts: 0, per: "" }, budget: {} } as unknown;
    const define = () => defineResource(bad as ResourceOptions);
    expect(problemsOf(define)).toHaveLength(5);
    expect(define).toThrow('Invalid configuration of the resource "x":\n- ');
    expect(problemsOf(() => defineResource(undefined as unknown as ResourceOptions))[0]).toBe(
      "the options must be an object, not undefined",
    );
  });

  test("a longer cooldown lengthens the longest that is not given", () => {
    const { limits } = defineResource({ name: "x", circuitBreaker: { cooldown: "2h" } });
    expect(limits.breaker).toMatchObject({ cooldownMs: minutes(120), maxCooldownMs: minutes(120) });
  });
});

describe("the environment", () => {
  const tuned = (env: Record<string, string>, options: ResourceOptions = FULL) =>
    limitsOf(
      defineResource(options),
      Object.fromEntries(
        Object.entries(env).map(([name, value]) => [`HARDCALL_RESOURCE_BIG_QUERY_${name}`, value]),
      ),
    );

  test("changes each limit", () => {
    expect(
      tuned({
        CONCURRENCY: "5",
        RATE_STARTS: "10",
        RATE_PER: "day",
        BUDGET_USD: "2.25",
        BUDGET_PER: "2h",
        FAILURES: "2",
        COOLDOWN: "3h",
      }),
    ).toEqual({
      concurrency: 5,
      rate: { starts: 10, window: { kind: "day", timeZone: "UTC" } },
      budget: { microUsd: 2_250_000, window: sliding(2 * 3_600_000) },
      breaker: { failures: 2, cooldownMs: minutes(180), maxCooldownMs: minutes(180) },
    });
    expect(tuned({})).toEqual(defineResource(FULL).limits);
    expect(tuned({ BUDGET_PER: "day" }).budget?.window).toEqual({ kind: "day", timeZone: "Europe/Berlin" });
  });

  test.each([
    ["CONCURRENCY", "0", "is 0; give a whole number from 1 to 1000"],
    ["CONCURRENCY", "", 'is ""; give a whole number'],
    ["CONCURRENCY", "off", 'is "off"; give a whole number'],
    ["CONCURRENCY", "1e3", 'is "1e3"; give a whole number'],
    ["RATE_STARTS", "-1", 'is "-1"; give a whole number'],
    ["RATE_PER", "never", 'is "never"; give milliseconds'],
    ["BUDGET_USD", "0", "is 0; give a number of USD above 0"],
    ["BUDGET_USD", "$5", 'is "$5"; give a number of USD above 0'],
    ["COOLDOWN", "0", 'is "0"; a duration must be greater than 0'],
    ["FAILURES", "Infinity", 'is "Infinity"; give a whole number'],
  ])("never disables a limit: %s=%s", (suffix, value, problem) => {
    const [found = "", ...others] = problemsOf(() => tuned({ [suffix]: value }));
    expect(others).toEqual([]);
    expect(found).toContain(`The environment variable HARDCALL_RESOURCE_BIG_QUERY_${suffix} ${problem}`);
  });

  test("names a variable that was mistyped, and leaves those of others alone", () => {
    expect(problemsOf(() => tuned({ BUGDET_USD: "5" }))).toEqual([
      "The environment variable HARDCALL_RESOURCE_BIG_QUERY_BUGDET_USD changes no limit; did you mean HARDCALL_RESOURCE_BIG_QUERY_BUDGET_USD?",
    ]);
    expect(problemsOf(() => tuned({ BREAKER: "off" }))).toEqual([
      "The environment variable HARDCALL_RESOURCE_BIG_QUERY_BREAKER changes no limit",
    ]);
    const ofOthers = { EU_BUDGET_USD: "5", EU_CONCURRENCY: "1", IDLE_TIMEOUT: "1s", ATTEMPTS: "2" };
    expect(tuned(ofOthers)).toEqual(defineResource(FULL).limits);
  });

  test("never adds a limit that is not declared", () => {
    expect(problemsOf(() => tuned({ BUDGET_USD: "5" }, { name: "big-query", concurrency: 1 }))).toEqual([
      "The environment variable HARDCALL_RESOURCE_BIG_QUERY_BUDGET_USD changes a limit, and the resource declares none; declare budget",
    ]);
  });
});

describe("processes that declare different limits", () => {
  const both = (one: ResourceLimits, other: ResourceLimits) => {
    const world = new World(one);
    world.change(1, { limits: one, line: { count: 1, heads: [world.waiting()] } });
    world.ms += 1000;
    return { world, second: world.change(2, { limits: other, line: { count: 0, heads: [] } }) };
  };

  test("the lowest holds, and both say so", () => {
    const { world, second } = both({ concurrency: 5 }, { concurrency: 2 });
    const five = "concurrency 5 (process 1001 on host-1)";
    const two = "concurrency 2 (process 1002 on host-1)";
    const said = (one: string, other: string) =>
      `Processes declare different limits for the resource "anthropic": ${one}; ${other}. The lowest of each holds: concurrency 2. They hold until 30 s after a process that declares them was last seen. Declare the same limits in every process.`;
    expect(second).toMatchObject({ inForce: { concurrency: 2 }, disagreement: said(five, two) });
    expect(world.ask(1, [])).toMatchObject({ inForce: { concurrency: 2 }, disagreement: said(two, five) });
    expect(world.view().declared).toMatchObject([
      { limits: { concurrency: 5 }, seenAt: START + 1000, pid: 1001 },
      { limits: { concurrency: 2 }, seenAt: START + 1000, pid: 1002 },
    ]);
  });

  test("until the lease of the lower has passed", () => {
    const { world } = both({ concurrency: 5 }, { concurrency: 2 });
    world.ms += 30_000;
    expect(world.ask(1, []).inForce).toEqual({ concurrency: 2 });
    world.ms += 1;
    const later = world.ask(1, []);
    expect(later).toMatchObject({ inForce: { concurrency: 5 } });
    expect(later.disagreement).toBeUndefined();
  });

  test("who only looks sees the newest when none is fresh", () => {
    const { world } = both({ concurrency: 2 }, { concurrency: 5 });
    world.ms += 3_600_000;
    expect(world.view().limits).toEqual({ concurrency: 5 });
  });

  test("rates and budgets are compared by time; a limit that only one declares holds", () => {
    const hourly = { rate: { starts: 50, window: sliding(minutes(60)) } };
    const daily = {
      rate: { starts: 1000, window: { kind: "day", timeZone: "UTC" } },
      concurrency: 4,
    } as const;
    expect(both(hourly, daily).second.inForce).toMatchObject(daily);
    const breakers = both(
      { breaker: { failures: 5, cooldownMs: 1000, maxCooldownMs: 2000 } },
      { breaker: { failures: 3, cooldownMs: 500, maxCooldownMs: 9000 } },
    );
    expect(breakers.second.inForce.breaker).toEqual({ failures: 3, cooldownMs: 1000, maxCooldownMs: 9000 });
  });
});
