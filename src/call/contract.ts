import type { Callee } from "../callees/callee.ts";
import type { Limits } from "./deadline.ts";
import type { KeyPart } from "../ledger/key.ts";
import type { Logger } from "../telemetry/logger.ts";
import { parseDuration, type Duration } from "./duration.ts";
import { ConfigError } from "./errors.ts";
import { isObject, show } from "./options.ts";
import type { RetryOptions, RetryPolicy } from "./retry.ts";
import { isStandardSchema, type StandardSchema } from "./standard-schema.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Effects, ProbeAnswer } from "./words.ts";

/** One duration for the whole call, or a limit for each. */
export type Timeout =
  | Duration
  | {
      /** From the call to its end, every attempt and every wait included. */
      readonly total: Duration;
      /** From one start of the callee to its end. */
      readonly attempt?: Duration | undefined;
      /** Without a sign of life: a byte of output, an event, a change of state. */
      readonly idle?: Duration | undefined;
    };

/** A key, or its parts, which are joined so that no two lists make the same key. */
export type KeyParts = string | readonly KeyPart[];

/** The contract as its checks see it; `defineCall` has the typed form. */
export interface ContractOptions {
  readonly name: string;
  readonly callee: Callee<never, unknown>;
  readonly timeout: Timeout;
  readonly effects: Effects;
  readonly key?: ((input: never) => KeyParts) | undefined;
  readonly probe?: ((input: never, context: never) => ProbeAnswer | Promise<ProbeAnswer>) | undefined;
  readonly output?: StandardSchema | undefined;
  readonly evidence?: readonly Evidence<never>[] | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly ledger?: unknown;
  readonly store?: unknown;
  readonly onInProgress?: unknown;
  readonly logger?: Logger | undefined;
}

/** The limits and the retry policy that hold for one call, environment applied. */
export interface Terms {
  readonly limits: Limits;
  readonly retry: RetryPolicy;
}

const EFFECTS: readonly Effects[] = ["none", "keyed", "verifiable", "once"];
const LEVELS = ["info", "warn", "error"] as const satisfies (keyof Logger)[];
const FIELDS: ReadonlySet<string> = new Set([
  "name",
  "callee",
  "timeout",
  "effects",
  "key",
  "probe",
  "output",
  "evidence",
  "retry",
  "ledger",
  "store",
  "onInProgress",
  "logger",
]);

/**
 * Checks the whole definition and says everything that is wrong with it at once.
 *
 * @throws ConfigError `invalid_config`
 */
export function checkContract(options: ContractOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new ConfigError("?", ["defineCall takes an object with name, callee, timeout and effects"]);
  }
  const problems = [
    ...nameProblems(options.name),
    ...calleeProblems(options.callee),
    ...gateProblems(options),
    ...shapeProblems(options),
  ];
  problems.push(...readTerms(options, process.env).problems);
  if (problems.length > 0) throw new ConfigError(nameOf(options), problems);
}

/** Whatever was given, so that a message can say which call it is about. */
const nameOf = ({ name }: { readonly name: unknown }) => (typeof name === "string" ? name : "?");

function nameProblems(name: unknown): string[] {
  if (typeof name === "string" && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 64) return [];
  return ['name must be 1 to 64 of a-z, 0-9 and single hyphens inside, such as "write-draft"'];
}

const calleeOf = (given: unknown): Partial<Callee<never, unknown>> | undefined =>
  typeof (given as Partial<Callee<never, unknown>> | undefined)?.run === "function"
    ? (given as Partial<Callee<never, unknown>>)
    : undefined;

function calleeProblems(given: unknown): readonly string[] {
  const callee = calleeOf(given);
  if (callee === undefined) return ["callee is missing; use command(…), claude(…), job(…) or task(…)"];
  return callee.problems ?? [];
}

function gateProblems(options: ContractOptions): string[] {
  const { effects, key, probe, retry } = options;
  if (!EFFECTS.includes(effects)) {
    return [
      'effects is missing; say what a repeat would do: "none" (nothing), "keyed" (the callee honours the key it is sent), ' +
        '"verifiable" (a probe can look) or "once" (it must not happen twice)',
    ];
  }
  const problems: string[] = [];
  if (key !== undefined && typeof key !== "function") problems.push("key must be a function of the input");
  if (probe !== undefined && typeof probe !== "function")
    problems.push("probe must be a function of the input");
  if (retry !== undefined && effects === "once") {
    problems.push('retry cannot go with effects "once": a repeat could do the thing twice; take retry out');
  } else if (retry !== undefined && effects !== "none" && key === undefined) {
    problems.push(
      `retry with effects "${effects}" needs a key: without one there is nothing to gate a repeat with`,
    );
  }
  if (effects === "verifiable" && key !== undefined && probe === undefined) {
    problems.push('effects "verifiable" needs a probe that looks whether the effect exists');
  }
  if (probe !== undefined && effects !== "verifiable")
    problems.push('probe goes with effects "verifiable" only');
  return problems;
}

function shapeProblems(options: ContractOptions): string[] {
  const problems: string[] = [];
  for (const field of Object.keys(options)) {
    if (!FIELDS.has(field)) problems.push(`${field} is not an option of defineCall`);
  }
  const { callee, output } = options;
  if (output !== undefined) {
    if (isStandardSchema(output)) problems.push(...(calleeOf(callee)?.checkOutput?.(output) ?? []));
    else problems.push("output must be a Standard Schema, such as a zod, valibot or arktype schema");
  }
  if (options.store !== undefined && options.store !== "value" && options.store !== "hash") {
    problems.push('store must be "value" or "hash"');
  }
  if (
    options.onInProgress !== undefined &&
    options.onInProgress !== "fail" &&
    options.onInProgress !== "wait"
  ) {
    problems.push('onInProgress must be "fail" or "wait"');
  }
  const { evidence, logger } = options;
  if (logger !== undefined && LEVELS.some((level) => typeof logger?.[level] !== "function")) {
    problems.push("logger must have info, warn and error, as pino's has");
  }
  if (
    evidence !== undefined &&
    !(Array.isArray(evidence) && evidence.every((look) => typeof look === "function"))
  ) {
    problems.push("evidence must be a list of functions");
  } else {
    for (const look of evidence ?? []) problems.push(...(look.problems ?? []));
  }
  return problems;
}

/**
 * The limits and the retry policy, with what the environment says of them. It tunes, but cannot take a limit away.
 *
 * @throws ConfigError `invalid_config`, naming the variable
 */
export function termsOf(options: ContractOptions, env: NodeJS.ProcessEnv): Terms {
  const { terms, problems } = readTerms(options, env);
  if (terms === undefined) throw new ConfigError(options.name, problems);
  return terms;
}

function readTerms(options: ContractOptions, env: NodeJS.ProcessEnv): { terms?: Terms; problems: string[] } {
  const problems: string[] = [];
  const prefix = `HARDCALL_${nameOf(options).toUpperCase().replaceAll("-", "_")}`;
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
  const limits = {
    totalMs: duration(timeout === split ? "timeout.total" : "timeout", split.total, fromEnv("TIMEOUT")) ?? 0,
    attemptMs: duration("timeout.attempt", split.attempt, fromEnv("ATTEMPT_TIMEOUT")),
    idleMs: duration("timeout.idle", split.idle, fromEnv("IDLE_TIMEOUT")),
  };
  const limit = Math.min(limits.attemptMs ?? Infinity, limits.totalMs);
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
  return problems.length > 0 ? { problems } : { problems, terms: { limits, retry: policy } };
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
    tuned ?? (retry === undefined ? undefined : { label: "retry.attempts", value: retry.attempts });
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
