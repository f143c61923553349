import type { Callee } from "../core/callee.ts";
import { anchored } from "../database/ledger-path.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { ADVICE } from "../core/advice.ts";
import { checkContract, effectWithinMs } from "./contract.ts";
import { type ContractOptions, type EffectWithin, type KeyParts, type Timeout } from "./contract-options.ts";
import { CallError, ConfigError, NO_FACTS } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import { enterHost, letHostDie } from "../process/host-signals.ts";
import type { Definition, Probe } from "./invocation.ts";
import { lazily, ownFailure } from "../core/lazily.ts";
import { readOptions } from "../core/options.ts";
import type { CallResult, KeyedResult } from "../core/result.ts";
import type { Settled } from "../core/settled.ts";
import type { RetryOptions } from "./retry.ts";
import type { SchemaOutput, StandardSchema } from "../core/standard-schema.ts";
import { termsOf } from "./terms.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";
import type { Evidence } from "../core/evidence.ts";

/** What `defineCall` takes. `retry` is there only where a repeat can be shown to do no harm. */
export type CallOptions<
  Input,
  Raw,
  Details extends object,
  Schema extends StandardSchema | undefined,
  Answer extends ProbeAnswer = ProbeAnswer,
> = CommonOptions<Input, Raw, Details, Schema> &
  (HarmlessOptions<Input> | GatedOptions<Input, Answer> | OnceOptions<Input>);

interface CommonOptions<Input, Raw, Details extends object, Schema extends StandardSchema | undefined> {
  /** 1 to 64 of `a-z0-9-`. Names logs, metrics and the environment variables that tune the call. */
  readonly name: string;
  readonly callee: Callee<Input, Raw, Details>;
  /** Required and finite: a duration for the whole call, or `{ total, attempt?, idle? }`. */
  readonly timeout: Timeout;
  /** Any Standard Schema. A command's or claude's output is parsed as JSON for it. */
  readonly output?: Schema | undefined;
  /** Looks for what the call must leave behind, once the callee says it is done. */
  readonly evidence?: readonly Evidence<CallValue<Raw, Schema>>[] | undefined;
  /**
   * Where calls with a key are recorded: a path, or a store.
   *
   * @default the embedded ledger: `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db`, else in `~/.local/state`
   */
  readonly ledger?: LedgerStore | string | undefined;
  /** Whether the ledger keeps the value itself, for a replay, or only its hash. @default "value" */
  readonly store?: "value" | "hash" | undefined;
  /**
   * Takes a replay whose value the ledger did not keep (`replay.valueKept` says why) as a success without a value; else it fails
   * with `output_not_kept`. @default false, and true with `store: "hash"`
   */
  readonly replayWithoutValue?: boolean | undefined;
  /** Gets one wide line per call, such as a pino logger. @default a line on stderr at the level of `HARDCALL_LOG_LEVEL` */
  readonly logger?: Logger | undefined;
  /** What to do when the call with this key is running elsewhere: fail at once, or wait for it within the timeout. @default "fail" */
  readonly onInProgress?: "fail" | "wait" | undefined;
}

interface HarmlessOptions<Input> {
  /** A repeat does no harm. */
  readonly effects: "none";
  readonly key?: ((input: Input) => KeyParts) | undefined;
  readonly probe?: undefined;
  readonly effectWithin?: undefined;
  readonly retry?: RetryOptions | undefined;
}

type GatedOptions<Input, Answer extends ProbeAnswer> =
  | {
      /** The callee honours the key that it is sent. */
      readonly effects: "keyed";
      /** What makes two calls the same one. Gates every repeat. */
      readonly key: (input: Input) => KeyParts;
      readonly probe?: undefined;
      readonly effectWithin?: undefined;
      readonly retry?: RetryOptions | undefined;
    }
  | {
      /** A probe can look whether the effect exists. */
      readonly effects: "verifiable";
      readonly key: (input: Input) => KeyParts;
      readonly probe: Probe<Input, Answer>;
      /**
       * For how long after the end of an attempt its effect may still appear: a request that has left may land after the
       * caller has given up. The probe's `present` is believed at once, `absent` only from then on, and until then nothing
       * starts. `"none"`: a dead attempt can have no later effect, such as a local command that writes a file.
       */
      readonly effectWithin: EffectWithin;
      readonly retry?: RetryOptions | undefined;
    }
  | {
      readonly effects: "keyed" | "verifiable";
      readonly key?: undefined;
      readonly probe?: undefined;
      readonly effectWithin?: undefined;
      /** Without a key there is nothing to gate a repeat with. */
      readonly retry?: undefined;
    }
  | {
      readonly effects: "verifiable";
      readonly key?: undefined;
      readonly probe: Probe<Input, Answer>;
      readonly effectWithin: EffectWithin;
      readonly retry?: undefined;
    };

interface OnceOptions<Input> {
  /** It must not happen twice, and nothing can tell afterwards whether it did. */
  readonly effects: "once";
  readonly key?: ((input: Input) => KeyParts) | undefined;
  readonly probe?: undefined;
  readonly effectWithin?: undefined;
  readonly retry?: undefined;
}

/** What a call's `value` is: what its schema makes of it, else what the callee gives. */
export type CallValue<Raw, Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : Raw;

export interface InvokeOptions {
  /** Cancels the call. A call cancelled before it started has started nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface KeyedInvokeOptions extends InvokeOptions {
  /** In place of the key that the definition makes of the input. */
  readonly key: KeyParts;
}

/** A defined call. */
export interface Call<
  Input,
  Value,
  Details extends object,
  Result = CallResult<Value, Details>,
  Keyed = KeyedResult<Value, Details>,
> {
  /**
   * Runs the call.
   *
   * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
   */
  (input: Input, options?: InvokeOptions): Promise<Result>;
  (input: Input, options: KeyedInvokeOptions): Promise<Keyed>;
  /** Runs the call and gives how it ended, a failure included; `outcome` tells which. Does not reject. */
  settle(input: Input, options?: InvokeOptions): Promise<Result | CallError>;
  settle(input: Input, options: KeyedInvokeOptions): Promise<Keyed | CallError>;
}

/** A call whose definition has a key: one that is not executed anew has its value only if the ledger kept it. */
export type KeyedCall<Input, Value, Details extends object, Replayed = Value | undefined> = Call<
  Input,
  Value,
  Details,
  KeyedResult<Value, Details, Replayed>,
  KeyedResult<Value, Details, Replayed>
>;

/**
 * Makes a function of a callee and a contract. Everything that is wrong with the definition is said here, at once.
 *
 * @example
 * const backup = defineCall({
 *   name: "backup",
 *   callee: command("pg_dump", ["prod"]),
 *   timeout: { total: "1h", idle: "5m" },
 *   effects: "none",
 *   retry: { attempts: 3 },
 * });
 * const { value } = await backup();
 *
 * @throws ConfigError `invalid_config`, listing every problem
 */
export function defineCall<
  Input,
  Raw,
  Details extends object,
  const Schema extends StandardSchema | undefined = undefined,
  // For `async () => "absent"`: without a parameter of its own TypeScript widens the one answer to `string`.
  const Answer extends ProbeAnswer = ProbeAnswer,
>(
  options: CallOptions<Input, Raw, Details, Schema, Answer> & { readonly key?: undefined },
): Call<Input, CallValue<Raw, Schema>, Details>;
export function defineCall<
  Input,
  Raw,
  Details extends object,
  const Schema extends StandardSchema | undefined = undefined,
  const Answer extends ProbeAnswer = ProbeAnswer,
>(
  options: CallOptions<Input, Raw, Details, Schema, Answer> & {
    readonly replayWithoutValue?: false | undefined;
    readonly store?: "value" | undefined;
  },
): KeyedCall<Input, CallValue<Raw, Schema>, Details, CallValue<Raw, Schema>>;
export function defineCall<
  Input,
  Raw,
  Details extends object,
  const Schema extends StandardSchema | undefined = undefined,
  const Answer extends ProbeAnswer = ProbeAnswer,
>(
  options: CallOptions<Input, Raw, Details, Schema, Answer>,
): KeyedCall<Input, CallValue<Raw, Schema>, Details>;
export function defineCall<Input, Raw, Details extends object, Schema extends StandardSchema | undefined>(
  options: CallOptions<Input, Raw, Details, Schema>,
): Call<Input, CallValue<Raw, Schema>, Details> {
  type Value = CallValue<Raw, Schema>;
  const contract = options as unknown as ContractOptions;
  checkContract(contract);
  const definition: Definition<Input, Value, Details> = {
    name: options.name,
    callee: options.callee,
    effects: options.effects,
    probe: options.probe,
    effectWithinMs: effectWithinMs(options.effectWithin) ?? 0,
    output: options.output,
    evidence: options.evidence ?? [],
    ledger: anchored(options.ledger),
    store: options.store ?? "value",
    replayWithoutValue: options.replayWithoutValue ?? options.store === "hash",
    onInProgress: options.onInProgress ?? "fail",
  };

  const settle = async (
    input: Input,
    invoke: Partial<KeyedInvokeOptions> = {},
  ): Promise<Settled<Value, Details>> => {
    const host = enterHost();
    try {
      if (host.signal.aborted) await letHostDie();
      const terms = termsOf(contract, process.env);
      checkInvoke(options.name, invoke);
      // A key that turns out to be undefined is no call without a key: that one would be gated by nothing.
      const isGiven = Object.hasOwn(invoke, "key");
      const parts = isGiven ? invoke.key : keyOf(options.name, options.key, input);
      const key = isGiven || options.key ? await readKey(options.name, parts) : undefined;
      const [{ runCall }, { logCall, logLevel, prepareLog }] = await loadPipeline();
      const level = logLevel(options.name, process.env);
      await prepareLog(level, options.logger);
      const settled = await runCall(definition, terms, {
        input,
        key,
        signal: invoke.signal,
        host: host.signal,
      });
      await logCall(settled, level, options.logger);
      return settled;
    } catch (error) {
      return error instanceof CallError ? error : faultOf(options.name, error);
    } finally {
      host.leave();
    }
  };
  const call = async (input: Input, invoke?: Partial<KeyedInvokeOptions>) => {
    const settled = await settle(input, invoke);
    if (settled instanceof CallError) throw settled;
    return settled;
  };
  return Object.assign(call, { settle }) as Call<Input, Value, Details>;
}

/** What ended the call outside of its attempts: nothing was loaded, the options cannot be read, or a fault of our own. */
function faultOf(name: string, error: unknown): CallError {
  const { code, message, effect } = ownFailure(error);
  return new CallError(`The call "${name}" ${message}. ${ADVICE[code]}`, {
    ...NO_FACTS,
    name,
    code,
    effect,
    retryable: effect === "not_started",
    cause: error,
  });
}

function checkInvoke(name: string, invoke: unknown): void {
  const problems: string[] = [];
  let signal: unknown;
  try {
    ({ signal } = readOptions<KeyedInvokeOptions>(invoke, { signal: "anything", key: "anything" }, problems));
  } catch (error) {
    problems.push(`the options of the call cannot be read: they threw ${errorName(error)}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    problems.push("signal must be an AbortSignal");
  if (problems.length > 0) throw new ConfigError(name, problems);
}

function keyOf<Input>(
  name: string,
  key: ((input: Input) => KeyParts) | undefined,
  input: Input,
): KeyParts | undefined {
  try {
    return key?.(input);
  } catch (error) {
    throw new ConfigError(name, [
      `its key could not be made of the input: the function threw ${errorName(error)}`,
    ]);
  }
}

/** A program that defines a call pays nothing until it makes one. */
const loadPipeline = lazily(() => Promise.all([import("./run-call.ts"), import("../telemetry/log.ts")]));

const loadKeys = lazily(() => Promise.all([import("../ledger/key/key.ts"), import("./gate-answers.ts")]));

async function readKey(name: string, parts: unknown): Promise<string> {
  const [{ toKey }, { asConfigError }] = await loadKeys();
  try {
    return toKey(parts as KeyParts);
  } catch (error) {
    throw asConfigError(name, error);
  }
}
