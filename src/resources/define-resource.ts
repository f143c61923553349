import { ConfigError } from "../core/errors.ts";
import { isObject, type Kinds, readOptions, show } from "../core/options.ts";
import { MOST_PLACES } from "./lease.ts";
import type { BreakerOptions, BudgetOptions, RateOptions, Resource, ResourceOptions } from "./options.ts";
import { type OnProblem, durationMs, microUsd, usd, wholeNumber, windowOf } from "./read-limit.ts";
import type { BreakerLimits, BudgetLimit, RateLimit, ResourceLimits } from "./types.ts";

const DEFAULT_FAILURES = 5;
const DEFAULT_COOLDOWN_MS = 5 * 60_000;
const DEFAULT_MAX_COOLDOWN_MS = 3_600_000;
export const MOST_STARTS = 1_000_000_000;
export const MOST_FAILURES = 1000;

const KINDS: Kinds<ResourceOptions> = {
  name: "anything",
  concurrency: "anything",
  rate: "an object",
  budget: "an object",
  circuitBreaker: "anything",
  cost: "anything",
  usdPerTiB: "anything",
};
const RATE_KINDS: Kinds<RateOptions> = { starts: "anything", per: "anything", timeZone: "anything" };
const BUDGET_KINDS: Kinds<BudgetOptions> = { usd: "anything", per: "anything", timeZone: "anything" };
const BREAKER_KINDS: Kinds<BreakerOptions> = {
  failures: "anything",
  cooldown: "anything",
  maxCooldown: "anything",
};

/**
 * Declares limits that calls share: all calls of all processes (and hosts) that use one ledger and name the same resource. Give it to
 * `defineCall`, `runCommand`, `runClaude`, `runCodex` or `runGemini` as `resource`.
 *
 * ```ts
 * const anthropic = defineResource({
 *   name: "anthropic",
 *   concurrency: 3,
 *   rate: { starts: 50, per: "1h" },
 *   budget: { usd: 25, per: "day", timeZone: "Europe/Berlin" },
 *   circuitBreaker: true,
 * });
 * ```
 *
 * @throws ConfigError `invalid_config` that lists every problem
 */
export function defineResource(options: ResourceOptions): Resource {
  const problems: string[] = [];
  const check: OnProblem = (problem) => problems.push(problem);
  const given = readOptions<ResourceOptions>(options, KINDS, problems);
  const { name, cost, usdPerTiB } = given;
  if (!isName(name))
    check(
      `name is ${name === undefined ? "missing" : show(name)}; give 1 to 64 characters: a-z, 0-9 and single hyphens between them, such as "anthropic"`,
    );
  const limits = readLimits(given, problems);
  if (typeof cost !== "function" && cost !== undefined)
    usd("cost", cost, check, "a number of USD above 0, or a function");
  if (usdPerTiB !== undefined) usd("usdPerTiB", usdPerTiB, check);
  const isUnlimited = Object.values(limits).every((limit) => limit === undefined);
  if (isUnlimited && problems.length === 0)
    check("no limit is given; give at least one of concurrency, rate, budget and circuitBreaker");
  if (problems.length > 0) throw new ConfigError(isName(name) ? name : "?", problems, undefined, "resource");
  return Object.freeze({
    name: name as string,
    limits,
    ...(cost !== undefined && { cost }),
    ...(usdPerTiB !== undefined && { usdPerTiB }),
  });
}

const isName = (name: unknown): name is string =>
  typeof name === "string" && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 64;

function readLimits(given: Partial<ResourceOptions>, problems: string[]): ResourceLimits {
  const check: OnProblem = (problem) => problems.push(problem);
  const { concurrency } = given;
  return {
    concurrency:
      concurrency === undefined ? undefined : wholeNumber("concurrency", concurrency, MOST_PLACES, check),
    rate: given.rate && rateOf(given.rate, problems),
    budget: given.budget && budgetOf(given.budget, problems),
    breaker: breakerOf(given.circuitBreaker, problems),
  };
}

function rateOf(given: RateOptions, problems: string[]): RateLimit | undefined {
  const check: OnProblem = (problem) => problems.push(problem);
  const { starts, per, timeZone } = readOptions<RateOptions>(given, RATE_KINDS, problems, "rate.");
  const most = wholeNumber("rate.starts", starts, MOST_STARTS, check);
  const window = windowOf("rate", per, timeZone, check);
  return most === undefined || window === undefined ? undefined : { starts: most, window };
}

function budgetOf(given: BudgetOptions, problems: string[]): BudgetLimit | undefined {
  const check: OnProblem = (problem) => problems.push(problem);
  const {
    usd: dollars,
    per,
    timeZone,
  } = readOptions<BudgetOptions>(given, BUDGET_KINDS, problems, "budget.");
  const most = usd("budget.usd", dollars, check);
  const window = windowOf("budget", per, timeZone, check);
  return most === undefined || window === undefined ? undefined : { microUsd: microUsd(most), window };
}

function breakerOf(given: unknown, problems: string[]): BreakerLimits | undefined {
  const check: OnProblem = (problem) => problems.push(problem);
  if (given === undefined || given === false) return undefined;
  if (given !== true && !isObject(given)) {
    check(
      `circuitBreaker is ${show(given)}; give true, or an object such as { failures: 5, cooldown: "5m" }`,
    );
    return undefined;
  }
  const options =
    given === true ? {} : readOptions<BreakerOptions>(given, BREAKER_KINDS, problems, "circuitBreaker.");
  const { failures, cooldown, maxCooldown } = options;
  const cooldownMs =
    cooldown === undefined ? DEFAULT_COOLDOWN_MS : durationMs("circuitBreaker.cooldown", cooldown, check);
  const longestMs =
    maxCooldown === undefined
      ? Math.max(DEFAULT_MAX_COOLDOWN_MS, cooldownMs ?? 0)
      : durationMs("circuitBreaker.maxCooldown", maxCooldown, check);
  const most =
    failures === undefined
      ? DEFAULT_FAILURES
      : wholeNumber("circuitBreaker.failures", failures, MOST_FAILURES, check);
  if (most === undefined || cooldownMs === undefined || longestMs === undefined) return undefined;
  if (longestMs < cooldownMs)
    check("circuitBreaker.maxCooldown is shorter than circuitBreaker.cooldown; give at least as much");
  return { failures: most, cooldownMs, maxCooldownMs: longestMs };
}
