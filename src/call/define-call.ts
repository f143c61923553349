import type { AttemptContext, Callee } from "../callees/callee.ts";
import { checkContract, termsOf, type ContractOptions, type KeyParts, type Timeout } from "./contract.ts";
import { CallError, ConfigError } from "./errors.ts";
import type { CallResult, Settled } from "./result.ts";
import type { RetryOptions } from "./retry.ts";
import type { SchemaOutput, StandardSchema } from "./standard-schema.ts";
import type { Evidence } from "./verdict.ts";
import type { ProbeAnswer } from "./words.ts";

/** What `defineCall` takes. `retry` is there only where a repeat can be shown to do no harm. */
export type CallOptions<
  Input,
  Raw,
  Details extends object,
  Schema extends StandardSchema | undefined,
> = CommonOptions<Input, Raw, Details, Schema> &
  (HarmlessOptions<Input> | KeyedOptions<Input> | OnceOptions<Input>);

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
}

interface HarmlessOptions<Input> {
  /** A repeat does no harm. */
  readonly effects: "none";
  readonly key?: ((input: Input) => KeyParts) | undefined;
  readonly probe?: undefined;
  readonly retry?: RetryOptions | undefined;
}

type KeyedOptions<Input> = { readonly effects: "keyed" | "verifiable" } & (
  | {
      /** What makes two calls the same one. Gates every repeat. */
      readonly key: (input: Input) => KeyParts;
      /** For `verifiable`: looks whether the effect exists. */
      readonly probe?: Probe<Input> | undefined;
      readonly retry?: RetryOptions | undefined;
    }
  | { readonly key?: undefined; readonly probe?: undefined; readonly retry?: undefined }
);

interface OnceOptions<Input> {
  /** It must not happen twice, and nothing can tell afterwards whether it did. */
  readonly effects: "once";
  readonly key?: ((input: Input) => KeyParts) | undefined;
  readonly probe?: undefined;
  readonly retry?: undefined;
}

/** Looks whether the effect of a call exists. */
export type Probe<Input> = (
  input: Input,
  context: Pick<AttemptContext, "signal" | "callId" | "key">,
) => ProbeAnswer | Promise<ProbeAnswer>;

/** What a call's `value` is: what its schema makes of it, else what the callee gives. */
export type CallValue<Raw, Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : Raw;

export interface InvokeOptions {
  /** Cancels the call. A call cancelled before it started has started nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** A defined call. */
export interface Call<Input, Value, Details extends object> {
  /**
   * Runs the call.
   *
   * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
   */
  (input: Input, options?: InvokeOptions): Promise<CallResult<Value, Details>>;
  /** Runs the call and gives how it ended, a failure included; `outcome` tells which. Does not reject. */
  settle(input: Input, options?: InvokeOptions): Promise<Settled<Value, Details>>;
}

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
>(options: CallOptions<Input, Raw, Details, Schema>): Call<Input, CallValue<Raw, Schema>, Details> {
  type Value = CallValue<Raw, Schema>;
  const contract = options as unknown as ContractOptions;
  checkContract(contract);
  if (contract.key !== undefined) {
    throw new ConfigError(options.name, [
      "key needs the ledger that gates repeats, which this version does not have yet; take key and retry out",
    ]);
  }
  const definition = {
    name: options.name,
    callee: options.callee,
    effects: options.effects,
    output: options.output,
    evidence: options.evidence ?? [],
  };

  const settle = async (input: Input, { signal }: InvokeOptions = {}): Promise<Settled<Value, Details>> => {
    try {
      const terms = termsOf(contract, process.env);
      // Loaded when first used: a program that defines a call pays nothing until it makes one.
      const [{ runCall }, { logCall, logLevel }] = await Promise.all([
        import("./run-call.ts"),
        import("../telemetry/log.ts"),
      ]);
      const level = logLevel(options.name, process.env);
      const settled = await runCall<Input, Value, Details>(definition, terms, input, signal);
      await logCall(settled, level);
      return settled;
    } catch (error) {
      if (error instanceof CallError) return error;
      throw error;
    }
  };
  const call = async (input: Input, invoke?: InvokeOptions) => {
    const settled = await settle(input, invoke);
    if (settled instanceof CallError) throw settled;
    return settled;
  };
  return Object.assign(call, { settle });
}
