import { optionName } from "../core/wording.ts";
import type { ContractOptions, EffectWithin } from "./contract-options.ts";
import type { Callee } from "../core/callee.ts";
import type { Logger } from "../core/logger.ts";
import { leaseProblems, spansHosts } from "./lease-room.ts";
import { resourceProblems } from "./resource-problems.ts";
import { parseDuration } from "../core/duration.ts";
import { ConfigError } from "../core/errors.ts";
import { isRecentEnough, neededVersion, runtimeVersion } from "../core/node-version.ts";
import { refuseRuntime } from "../core/refuse-runtime.ts";
import { isObject, readOptions, show, type Kinds } from "../core/options.ts";
import { isStandardSchema } from "../core/standard-schema.ts";
import { nameOf, readLimits, sharesVariables, variablesOf } from "./effective-limits.ts";
import type { Effects } from "../core/vocabulary.ts";

// Every entry of the package loads this module.
refuseRuntime();

const EFFECTS: readonly Effects[] = ["none", "keyed", "verifiable", "once"];
const LEVELS = ["info", "warn", "error"] as const satisfies (keyof Logger)[];
const KINDS: Kinds<ContractOptions> = {
  name: "anything",
  callee: "anything",
  timeout: "anything",
  effects: "anything",
  key: "a function",
  probe: "a function",
  effectWithin: "anything",
  output: "anything",
  evidence: "anything",
  retry: "anything",
  ledger: "anything",
  store: "anything",
  replayWithoutValue: "true or false",
  onInProgress: "anything",
  resource: "anything",
  onBusy: "anything",
  journal: "true or false",
  logger: "anything",
};

/**
 * Checks the whole definition.
 *
 * @throws ConfigError `invalid_config` that lists every problem
 */
export function checkContract(options: ContractOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new ConfigError("?", ["defineCall takes an object with name, callee, timeout and effects"]);
  }
  const problems = [
    // Without this, the first call would fail on a function that this Node.js does not have.
    ...(isRecentEnough() ? [] : [`hardcall needs ${neededVersion()}, and this is ${runtimeVersion()}`]),
    ...nameProblems(options.name),
    ...calleeProblems(options.callee),
    ...effectsProblems(options),
    ...shapeProblems(options),
    ...resourceProblems(options),
    ...leaseProblemsOf(options),
  ];
  problems.push(...readLimits(options, process.env).problems);
  if (problems.length > 0) throw new ConfigError(nameOf(options), problems);
}

function nameProblems(name: unknown): string[] {
  if (typeof name === "string" && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 64) {
    if (!sharesVariables(name)) return [];
    return [
      `${optionName("name")} must not end with -attempt or -idle: ${variablesOf(name)}_TIMEOUT would also change the call "${name.replace(/-[a-z]+$/, "")}"`,
    ];
  }
  return [
    `${optionName("name")} must be 1 to 64 characters: a-z, 0-9 and single hyphens between them, such as "write-draft"`,
  ];
}

const calleeOf = (given: unknown): Partial<Callee<never, unknown>> | undefined =>
  typeof (given as Partial<Callee<never, unknown>> | undefined)?.run === "function"
    ? (given as Partial<Callee<never, unknown>>)
    : undefined;

function calleeProblems(given: unknown): readonly string[] {
  const callee = calleeOf(given);
  if (callee === undefined) {
    if (typeof given === "function") return ["callee is a function; wrap it in task(…)"];
    const is = given === undefined ? "missing" : show(given);
    return [`callee is ${is}; use command(…), claude(…), codex(…), gemini(…), job(…) or task(…)`];
  }
  return callee.problems ?? [];
}

function effectsProblems(options: ContractOptions): string[] {
  const { effects, key, probe, retry } = options;
  if (!EFFECTS.includes(effects)) {
    return [
      `effects is ${effects === undefined ? "missing" : show(effects)}; ` +
        'say what a repeat would do: "none" (nothing), "keyed" (the callee honours the key it is sent), ' +
        '"verifiable" (a probe can look) or "once" (it must not happen twice)',
    ];
  }
  const problems: string[] = [];
  if (retry !== undefined && effects === "once") {
    problems.push(
      `${optionName("retry")} cannot be used with ${optionName("effects")} "once": a retry could do the work twice; remove ${optionName("retry")}, or give ${optionName("effects")} "none" if a repeat does no harm`,
    );
  } else if (retry !== undefined && effects !== "none" && key === undefined) {
    problems.push(
      `${optionName("retry")} with ${optionName("effects")} "${effects}" needs a key: without one, nothing keeps a retry from doing the work twice`,
    );
  }
  if (effects === "verifiable" && key !== undefined && probe === undefined) {
    problems.push(
      `${optionName("effects")} "verifiable" needs a probe that checks whether the effect exists`,
    );
  }
  if (probe !== undefined && effects !== "verifiable")
    problems.push(`${optionName("probe")} is allowed only with ${optionName("effects")} "verifiable"`);
  problems.push(...effectWithinProblems(options));
  return problems;
}

function effectWithinProblems({ effects, probe, effectWithin }: ContractOptions): string[] {
  if (probe === undefined || effects !== "verifiable")
    return effectWithin === undefined ? [] : [`${optionName("effectWithin")} is allowed only with a probe`];
  if (effectWithin === undefined) {
    return [
      `${optionName("effectWithin")} is missing; give how long after the end of an attempt its effect may still appear, such as "2m" for a ` +
        'request that was sent, or "none" if an attempt that has ended can have no later effect',
    ];
  }
  if (effectWithin === "none") return [];
  const parsed = parseDuration(effectWithin);
  return "ms" in parsed ? [] : [`${optionName("effectWithin")} ${parsed.problem}, or "none"`];
}

/** For a ledger that the definition names. One that comes from the environment is known at the call (open-guard.ts). */
function leaseProblemsOf({ callee, ledger, key, resource }: ContractOptions): string[] {
  const of = calleeOf(callee);
  const isShared = ledger !== undefined && spansHosts(ledger);
  if ((key === undefined && resource === undefined) || of?.stopMs === undefined || !isShared) return [];
  return leaseProblems(of as Callee<never, unknown>, resource !== undefined);
}

/** Milliseconds, for an option that was checked. */
export function effectWithinMs(effectWithin: EffectWithin | undefined): number | undefined {
  if (effectWithin === undefined) return undefined;
  const parsed = effectWithin === "none" ? { ms: 0 } : parseDuration(effectWithin);
  return "ms" in parsed ? parsed.ms : undefined;
}

function shapeProblems(options: ContractOptions): string[] {
  const problems: string[] = [];
  readOptions<ContractOptions>(options, KINDS, problems);
  const { callee, output } = options;
  // Each call checks the path itself: a wrong path must not end a program that defines its calls at the top of a module.
  if (options.ledger !== undefined && typeof options.ledger !== "string" && !isObject(options.ledger))
    problems.push(
      `ledger is ${show(options.ledger)}; give the path of a file, or what openLedger() returned`,
    );
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
    problems.push("logger must have the methods info, warn and error, as a pino logger has");
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
