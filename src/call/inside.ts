import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../core/logger.ts";
import type { Settled } from "../core/settled.ts";
import type { StorePolicy } from "../ledger/key/value.ts";
import type { KeyParts } from "./contract-options.ts";
import type { EffectiveLimits } from "./effective-limits.ts";

/** How a part of hardcall makes a call that a job of a queue asked for. */
export interface InsideRequest {
  /** `undefined`: the key is the definition's. */
  readonly key: KeyParts | undefined;
  readonly signal: AbortSignal;
  readonly requestedBy: string;
}

/** What other parts of hardcall may ask of a defined call, and its users may not. */
export interface CallInside<Input, Value = unknown, Details extends object = object> {
  readonly name: string;
  readonly hasKey: boolean;
  readonly store: StorePolicy;
  readonly ledger: LedgerStore | string | undefined;
  readonly logger: Logger | undefined;
  /** How long its callee may take to settle once it was told to stop, in milliseconds. */
  readonly stopMs: number;
  /** What is wrong with it for the ledger that it would use now, a sentence without full stop each. */
  ledgerProblems(): readonly string[];
  /** @throws ConfigError `invalid_config`, naming the environment variable */
  limits(): EffectiveLimits;
  /** Never rejects. */
  settle(input: Input, request: InsideRequest): Promise<Settled<Value, Details>>;
}

/** A registered symbol, as another copy of the package may have defined the call. The number is the version of this interface. */
const INSIDE = Symbol.for("hardcall.call.1");

export function attachInside<Input, Value, Details extends object>(
  call: object,
  inside: CallInside<Input, Value, Details>,
): void {
  Object.defineProperty(call, INSIDE, { value: inside });
}

/** `undefined` for a function that `defineCall` did not make. */
export function insideOf<Input>(call: unknown): CallInside<Input> | undefined {
  if (typeof call !== "function") return undefined;
  return (call as { readonly [INSIDE]?: CallInside<Input> })[INSIDE];
}
