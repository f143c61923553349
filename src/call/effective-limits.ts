import { optionName } from "../core/wording.ts";
import type { ContractOptions } from "./contract-options.ts";
import { isJournalled } from "./journalled.ts";
import type { TimeLimits } from "./deadline.ts";
import { parseDuration } from "../core/duration.ts";
import { ConfigError } from "../core/errors.ts";
import { isObject, readOptions, show, type Kinds } from "../core/options.ts";
import { readSpawnHelper } from "../core/spawn-helper.ts";
import type { RetryOptions, RetryPolicy } from "./retry.ts";

/** The limits and the retry policy of one call, and whether it is journalled, after the environment variables. */
export interface EffectiveLimits {
  readonly time: TimeLimits;
  readonly retry: RetryPolicy;
  readonly journal: boolean;
}

/** The name of the call for a message; "?" if it is not a string. */
export const nameOf = ({ name }: { readonly name: unknown }) => (typeof name === "string" ? name : "?");

/** What the environment variables of a call begin with. */
export const variablesOf = (name: string) => `HARDCALL_${name.toUpperCase().replaceAll("-", "_")}`;

/** Whether another call has the same variables: `x-attempt` + `_TIMEOUT` is `x` + `_ATTEMPT_TIMEOUT`. */
export const sharesVariables = (name: string) => /-(attempt|idle)$/.test(name);

/**
 * Reads the limits and the retry policy. Environment variables can change a limit, but not remove it.
 *
 * @throws ConfigError `invalid_config`, naming the variable
 */
export function effectiveLimits(options: ContractOptions, env: NodeJS.ProcessEnv): EffectiveLimits {
  const { limits, problems } = readLimits(options, env);
  if (limits === undefined) throw new ConfigError(options.name, problems);
  return limits;
}

/** Like `effectiveLimits`, but returns the problems. */
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
  if (retry !== undefined) readOptions<RetryOptions>(retry, RETRY_KINDS, problems, "retry.");
  const isSplit = isObject(timeout);
  const split: Split = isSplit
    ? readOptions<Split>(timeout, TIMEOUT_KINDS, problems, "timeout.")
    : { total: timeout };
  if (split.total === undefined) problems.push(MISSING_TIMEOUT);
  const time = {
    totalMs:
      duration(optionName(isSplit ? "timeout.total" : "timeout"), split.total, fromEnv("TIMEOUT")) ?? 0,
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
  const journal = isJournalled(options, env, problems);
  const helper = readSpawnHelper(env);
  if ("problem" in helper) problems.push(helper.problem);
  return problems.length > 0 ? { problems } : { problems, limits: { time, retry: policy, journal } };
}

type Tuned = { readonly label: string; readonly value: unknown } | undefined;

interface Split {
  readonly total?: unknown;
  readonly attempt?: unknown;
  readonly idle?: unknown;
}

const TIMEOUT_KINDS: Kinds<Split> = { total: "anything", attempt: "anything", idle: "anything" };

const RETRY_KINDS: Kinds<RetryOptions> = {
  attempts: "anything",
  baseDelay: "anything",
  maxDelay: "anything",
  minAttempt: "anything",
  feedback: "anything",
};

const MISSING_TIMEOUT =
  'timeout is missing; every call needs one, such as timeout: "10m" (a call without a timeout can hang for days)';

function feedbackOf(retry: RetryOptions | undefined, problems: string[]): boolean | "resume" {
  const feedback = retry?.feedback ?? false;
  if (typeof feedback === "boolean" || feedback === "resume") return feedback;
  problems.push('retry.feedback must be true, false or "resume"');
  return false;
}

/** A variable can change the number of attempts only if the contract allows a retry. */
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
