import type { CallError } from "../core/errors.ts";
import type { CallResult, KeyedResult } from "../core/result.ts";
import type { KeyParts } from "./contract-options.ts";

export interface InvokeOptions {
  /** Cancels the call. If it aborts before the start, nothing starts. */
  readonly signal?: AbortSignal | undefined;
}

export interface KeyedInvokeOptions extends InvokeOptions {
  /** Replaces the key that the definition derives from the input. */
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
  /** Runs the call and resolves with its result or its error; `outcome` tells which. Does not reject. */
  settle(input: Input, options?: InvokeOptions): Promise<Result | CallError>;
  settle(input: Input, options: KeyedInvokeOptions): Promise<Keyed | CallError>;
}

/** A call whose definition has a key. A replay has its value only if the ledger kept it. */
export type KeyedCall<Input, Value, Details extends object, Replayed = Value | undefined> = Call<
  Input,
  Value,
  Details,
  KeyedResult<Value, Details, Replayed>,
  KeyedResult<Value, Details, Replayed>
>;
