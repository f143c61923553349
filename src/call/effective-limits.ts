import { optionName } from "../core/wording.ts";
import type { ContractOptions } from "./contract-options.ts";
import type { TimeLimits } from "./deadline.ts";
import { parseDuration } from "../core/duration.ts";
import { ConfigError } from "../core/errors.ts";
import { isObject, show } from "../core/options.ts";
import type { RetryOptions, RetryPolicy } from "./retry.ts";

/** The limits and the retry policy that hold for one call, environment applied. */
export interface EffectiveLimits {
  readonly time: TimeLimits;
  readonly retry: RetryPolicy;
}

/** Whatever was given, so that a message can say which call it is about. */
export const nameOf = ({ name }: { readonly name: unknown }) => (typeof name === "string" ? name : "?");

/** What the environment variables of a call begin with. */
export const variablesOf = (name: string) => `HARDCALL_${name.toUpperCase().replaceAll("-", "_")}`;

/** Whether the variables of this name are another's too: `x-attempt` + `_TIMEOUT` is `x` + `_ATTEMPT_TIMEOUT`. */
export const sharesVariables = (name: string) => /-(attempt|idle)$/.test(name);

/**
 * The limits and the retry policy, with what the environment says of them. It tunes, but cannot take a limit away.
 *
 * @throws ConfigError `invalid_config`, naming the variable
 */
export function effectiveLimits(options: ContractOptions, env: NodeJS.ProcessEnv): EffectiveLimits {
  const { limits, problems } = readLimits(options, env);
  if (limits === undefined) throw new ConfigError(options.name, problems);
  return limits;
}

/** The limits and the retry policy, or everything that is wrong with them. */
export function readLimits(
  options: ContractOptions,
  env: NodeJS.ProcessEnv,
): { limits?: EffectiveLimits; problems: string[] } {
  const problems: string[] = [];
  const prefix = variablesOf(nameOf(options));
  const fromEnv = (suffix: string): Tuned => {
    const text = env[`${prefix}_${suffix}`];
    return text === undefined
      ? undefined
      : { label: `The environment variable ${prefix}_${suffix}`, value: text };
  };
  const duration = (label: string, value: unknown, tuned: Tuned): number | undefined => {
    const source = tuned ?? (value === undefined ? undefined : { label, value });
    if (source === undefined) return undefined;
    const parsed = parseDuration(source.value);
    if ("ms" in parsed) return parsed.ms;
    problems.push(`${source.label} ${parsed.problem}`);
    return undefined;
  };

  const { timeout } = options;
  const retry = isObject(options.retry) ? options.retry : undefined;
  if (options.retry !== undefined && retry === undefined)
    problems.push(`retry is ${show(options.retry)}; give an object such as { attempts: 2 }`);
  const split = typeof timeout === "object" && timeout !== null ? timeout : { total: timeout };
  if (split.total === undefined) problems.push(MISSING_TIMEOUT);
  for (const field of Object.keys(split)) {
    if (!["total", "attempt", "idle"].includes(field)) {
      problems.push(`timeout.${field} is not a limit; there are total, attempt and idle`);
    }
  }
  const time = {
    totalMs:
      duration(
        optionName(timeout === split ? "timeout.total" : "timeout"),
        split.total,
        fromEnv("TIMEOUT"),
      ) ?? 0,
    attemptMs: duration(optionName("timeout.attempt"), split.attempt, fromEnv("ATTEMPT_TIMEOUT")),
    idleMs: duration(optionName("timeout.idle"), split.idle, fromEnv("IDLE_TIMEOUT")),
  };
  const limit = Math.min(time.attemptMs ?? Infinity, time.totalMs);
  const policy = {
    attempts: attemptsOf({ ...options, retry }, fromEnv("ATTEMPTS"), problems),
    baseDelayMs: duration("retry.baseDelay", retry?.baseDelay, undefined) ?? 1000,
    maxDelayMs: duration("retry.maxDelay", retry?.maxDelay, undefined) ?? 30_000,
    minAttemptMs: duration("retry.minAttempt", retry?.minAttempt, undefined) ?? Math.ceil(limit / 10),
    feedback: feedbackOf(retry, problems),
  };
  for (const field of Object.keys(retry ?? {})) {
    if (!RETRY_FIELDS.has(field))
      problems.push(`retry.${field} is not an option; there are ${[...RETRY_FIELDS].join(", ")}`);
  }
  return problems.length > 0 ? { problems } : { problems, limits: { time, retry: policy } };
}

type Tuned = { readonly label: string; readonly value: unknown } | undefined;

const RETRY_FIELDS: ReadonlySet<string> = new Set([
  "attempts",
  "baseDelay",
  "maxDelay",
  "minAttempt",
  "feedback",
]);

const MISSING_TIMEOUT =
  'timeout is missing; every call needs one, such as timeout: "10m" (a call without a timeout can hang for days)';

function feedbackOf(retry: RetryOptions | undefined, problems: string[]): boolean | "resume" {
  const feedback = retry?.feedback ?? false;
  if (typeof feedback === "boolean" || feedback === "resume") return feedback;
  problems.push('retry.feedback must be true, false or "resume"');
  return false;
}

/** The environment tunes a retry that the contract allows; it cannot allow one. */
function attemptsOf(options: ContractOptions, tuned: Tuned, problems: string[]): number {
  const { retry, effects } = options;
  const source =
    tuned ??
    (retry === undefined ? undefined : { label: optionName("retry.attempts"), value: retry.attempts });
  if (source === undefined) return 1;
  const attempts =
    typeof source.value === "string" ? Number(source.value.trim() || Number.NaN) : source.value;
  if (typeof attempts !== "number" || !Number.isInteger(attempts) || attempts < 1 || attempts > 100) {
    problems.push(`${source.label} is ${show(source.value)}; give a whole number from 1 to 100`);
    return 1;
  }
  if (attempts > 1 && retry === undefined && effects !== "none") {
    problems.push(`${source.label} is ${attempts}, but the contract allows no retry (effects "${effects}")`);
  }
  return attempts;
}
