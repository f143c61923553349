import type { Circuit } from "./circuit.ts";
import { SHA256_OF_NOTHING } from "./hash-of-nothing.ts";
import type { AttemptRecord, CallFacts, Replay } from "./result.ts";
import type { SchemaIssue } from "./standard-schema.ts";
import type { Effect, ErrorCode } from "./vocabulary.ts";

/** Registered symbols, so that `instanceof` and the guards hold across two copies of the package in one process. */
const CALL_ERROR = Symbol.for("hardcall.CallError");
const CONFIG_ERROR = Symbol.for("hardcall.ConfigError");

/** What a `CallError` carries beyond the facts of the call. */
export interface FailureFacts {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly effect: Effect;
  /** The result of a call that did its work and failed later, such as in its ledger write. */
  readonly value?: unknown;
  readonly cause?: unknown;
  /** Of `circuit_open`. */
  readonly circuit?: Circuit | undefined;
}

/**
 * A call that failed, is in doubt or is in progress elsewhere. It has the facts of a `CallResult` plus `code`, `retryable`,
 * `retryAfterMs?`, `effect` and `cause`. `message` never holds arguments, environment, prompt or output. `stdoutTail`, `stderrTail` and
 * `value` are not enumerable, so that a logger that serialises the error does not leak them.
 *
 * @example
 * try {
 *   await publish(post);
 * } catch (error) {
 *   if (error instanceof CallError && error.code === "in_doubt") notifyOperator(error.key);
 *   else throw error;
 * }
 */
export class CallError extends Error {
  declare readonly callId: string;
  /** The call's name, as on a result. Use `code` and `instanceof` to tell errors apart. */
  declare readonly name: string;
  declare readonly key?: string;
  /** The id of the last attempt's remote job. */
  declare readonly externalRef?: string;
  /** What asked for the call, such as a job of a queue. */
  declare readonly requestedBy?: string;
  /** The resource whose limits it shares. */
  declare readonly resource?: string;
  /** How long it waited for places of its resource, in milliseconds; part of `durationMs`. */
  declare readonly waitedMs?: number;
  declare readonly outcome: "failed" | "in_doubt" | "in_progress";
  declare readonly attempts: readonly AttemptRecord[];
  declare readonly totalCostUsd?: number;
  declare readonly durationMs: number;
  declare readonly exitCode?: number;
  declare readonly signal?: NodeJS.Signals;
  declare readonly stdoutTail: string;
  declare readonly stderrTail: string;
  declare readonly stdoutBytes: number;
  declare readonly stdoutSha256: string;
  declare readonly code: ErrorCode;
  /** Whether a new call with the same input is safe and could end better. */
  declare readonly retryable: boolean;
  /** Milliseconds after which a new call may succeed, if that is known. */
  declare readonly retryAfterMs?: number;
  declare readonly effect: Effect;
  declare readonly value?: unknown;
  /** Of `invalid_output`: what the schema said of the output. Not enumerable, as its messages may quote the output. */
  declare readonly issues?: readonly SchemaIssue[];
  /** Of `circuit_open`: why the circuit breaker of the resource is open, and since when. */
  declare readonly circuit?: Circuit;
  /** Always absent: the record of each attempt has what it found. */
  declare readonly evidence?: undefined;
  /** If the key had succeeded before: what the ledger knows of that call. */
  declare readonly replay?: Replay;

  static override [Symbol.hasInstance](value: unknown): boolean {
    const brand = BRANDS.get(this);
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }

  constructor(message: string, facts: CallFacts & FailureFacts & { outcome: CallError["outcome"] }) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    // V8 writes the head of the stack when it is first read: now, with the class's name and not the call's.
    Object.defineProperty(this, "stack", { value: this.stack, writable: true, configurable: true });
    const { cause: _, stdoutTail, stderrTail, value, ...visible } = facts;
    for (const [field, fact] of Object.entries(visible)) {
      if (fact !== undefined) Object.defineProperty(this, field, { value: fact, enumerable: true });
    }
    for (const [field, fact] of Object.entries({ stdoutTail, stderrTail, value })) {
      if (fact !== undefined) Object.defineProperty(this, field, { value: fact, enumerable: false });
    }
  }
}

/**
 * An invalid definition, option, key or environment variable (`code` is `invalid_config`). Nothing was started. `problems` lists
 * everything that is wrong.
 */
export class ConfigError extends CallError {
  /** Every problem found, a sentence each. */
  declare readonly problems: readonly string[];

  constructor(
    name: string,
    problems: readonly string[],
    cause?: unknown,
    what: "call" | "resource" = "call",
  ) {
    const head = `Invalid configuration of the ${what} ${JSON.stringify(name)}`;
    super(
      problems.length === 1
        ? `${head}: ${problems[0]}.`
        : `${head}:${problems.map((p) => `\n- ${p}`).join("")}`,
      {
        ...NO_FACTS,
        name,
        code: "invalid_config",
        retryable: false,
        effect: "not_started",
        cause,
      },
    );
    Object.defineProperty(this, "problems", { value: problems, enumerable: true });
  }
}

/** The facts of a call that made no attempt. */
export const NO_FACTS = {
  callId: "",
  outcome: "failed",
  attempts: [],
  durationMs: 0,
  stdoutTail: "",
  stderrTail: "",
  stdoutBytes: 0,
  stdoutSha256: SHA256_OF_NOTHING,
} as const;

const BRANDS = new Map<unknown, symbol>([
  [CallError, CALL_ERROR],
  [ConfigError, CONFIG_ERROR],
]);

// The class's name heads the stack; the instance gets the call's name afterwards.
define(CallError, "CallError", CALL_ERROR);
define(ConfigError, "ConfigError", CONFIG_ERROR);

function define(errorClass: { readonly prototype: object }, name: string, brand: symbol): void {
  Object.defineProperty(errorClass.prototype, "name", { value: name, writable: true, configurable: true });
  Object.defineProperty(errorClass.prototype, brand, { value: true });
}
