import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { MOST_FAILURES, MOST_STARTS } from "./define-resource.ts";
import { MOST_PLACES } from "./lease.ts";
import type { Resource } from "./options.ts";
import { durationMs, microUsd, usd, wholeNumber, windowOf } from "./read-limit.ts";
import type { ResourceLimits, Window } from "./types.ts";

/** What the environment variables of a resource begin with. */
export const variablesOfResource = (name: string): string =>
  `HARDCALL_RESOURCE_${name.toUpperCase().replaceAll("-", "_")}`;

/**
 * The limits of a resource after the environment. `HARDCALL_RESOURCE_<NAME>_CONCURRENCY`, `_RATE_STARTS`, `_RATE_PER`, `_BUDGET_USD`,
 * `_BUDGET_PER`, `_FAILURES` and `_COOLDOWN` change a limit that is declared. They neither remove a limit nor add one.
 *
 * @throws ConfigError `invalid_config`, naming each variable that is wrong
 */
export function limitsOf({ name, limits }: Resource, env: NodeJS.ProcessEnv): ResourceLimits {
  const problems: string[] = [];
  const check = (problem: string) => problems.push(`The environment variable ${problem}`);
  const prefix = variablesOfResource(name);

  /** Reads a variable of a declared limit; what is not set or not right stays as it is declared. */
  const tuned = <Value>(
    suffix: string,
    declared: Value,
    read: (variable: string, text: string) => Value | undefined,
  ): Value => {
    const text = env[`${prefix}_${suffix}`];
    return (text === undefined ? undefined : read(`${prefix}_${suffix}`, text)) ?? declared;
  };
  const whole = (most: number) => (variable: string, text: string) =>
    wholeNumber(variable, numberIn(text), most, check);
  const ms = (variable: string, text: string) => durationMs(variable, text, check);
  const window = (declared: Window) => (variable: string, text: string) => {
    const timeZone = declared.kind === "day" && text === "day" ? declared.timeZone : undefined;
    return windowOf("", text, timeZone, (problem) => check(problem.replace(/^\.per/, variable)));
  };

  const { concurrency, rate, budget, breaker } = limits;
  const inForce: ResourceLimits = {
    concurrency: concurrency && tuned("CONCURRENCY", concurrency, whole(MOST_PLACES)),
    rate: rate && {
      starts: tuned("RATE_STARTS", rate.starts, whole(MOST_STARTS)),
      window: tuned("RATE_PER", rate.window, window(rate.window)),
    },
    budget: budget && {
      microUsd: tuned("BUDGET_USD", budget.microUsd, (variable, text) => {
        const amount = usd(variable, numberIn(text), check);
        return amount === undefined ? undefined : microUsd(amount);
      }),
      window: tuned("BUDGET_PER", budget.window, window(budget.window)),
    },
    breaker: breaker && {
      failures: tuned("FAILURES", breaker.failures, whole(MOST_FAILURES)),
      ...cooldowns(breaker, tuned("COOLDOWN", breaker.cooldownMs, ms)),
    },
  };
  for (const [suffix, limit, option] of OF_LIMIT) {
    const isSet = env[`${prefix}_${suffix}`] !== undefined;
    if (isSet && limits[limit] === undefined)
      check(`${prefix}_${suffix} changes a limit, and the resource declares none; declare ${option}`);
  }
  for (const suffix of mistyped(prefix, env)) {
    const meant = nearest(suffix, SUFFIXES);
    const hint = meant === undefined ? "" : `; did you mean ${prefix}_${meant}?`;
    check(`${prefix}_${suffix} changes no limit${hint}`);
  }
  if (problems.length > 0) throw new ConfigError(name, problems, undefined, "resource");
  return inForce;
}

/** The longest cooldown is never shorter than the cooldown. */
const cooldowns = ({ maxCooldownMs }: { readonly maxCooldownMs: number }, cooldownMs: number) => ({
  cooldownMs,
  maxCooldownMs: Math.max(maxCooldownMs, cooldownMs),
});

/** The limit that each variable changes, and the option that declares it. */
const OF_LIMIT = [
  ["CONCURRENCY", "concurrency", "concurrency"],
  ["RATE_STARTS", "rate", "rate"],
  ["RATE_PER", "rate", "rate"],
  ["BUDGET_USD", "budget", "budget"],
  ["BUDGET_PER", "budget", "budget"],
  ["FAILURES", "breaker", "circuitBreaker"],
  ["COOLDOWN", "breaker", "circuitBreaker"],
] as const satisfies readonly (readonly [string, keyof ResourceLimits, string])[];

const SUFFIXES: readonly string[] = OF_LIMIT.map(([suffix]) => suffix);

/** The limits of a call named `resource-NAME` have variables that begin like those of the resource `NAME`. */
const OF_CALLS: readonly string[] = ["TIMEOUT", "ATTEMPTS"];

/** A budget that was mistyped would not hold, and nothing would say so. Variables of the resource `NAME-OTHER` begin in the same way. */
function mistyped(prefix: string, env: NodeJS.ProcessEnv): readonly string[] {
  const set = Object.keys(env).filter((variable) => variable.startsWith(`${prefix}_`));
  return set.map((variable) => variable.slice(prefix.length + 1)).filter((suffix) => !isKnown(suffix));
}

const isKnown = (suffix: string): boolean =>
  [...SUFFIXES, ...OF_CALLS].some((known) => suffix === known || suffix.endsWith(`_${known}`));

/** A number, or the text itself, which a message then shows: `Number("")` would be 0, and `Number("1e3")` a surprise. */
const numberIn = (text: string): unknown => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : text);
