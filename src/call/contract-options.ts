import type { Callee } from "../core/callee.ts";
import type { Duration } from "../core/duration.ts";
import type { Evidence } from "../core/evidence.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import type { Effects, ProbeAnswer } from "../core/vocabulary.ts";
import type { KeyPart } from "../ledger/key/key.ts";
import type { Logger } from "../core/logger.ts";
import type { Resource } from "../resources/options.ts";
import type { RetryOptions } from "./retry.ts";

/** One duration for the whole call, or a limit for each. */
export type Timeout =
  | Duration
  | {
      /**
       * From the call to its end, every attempt and every wait included. What still runs is then stopped, which may take `killGrace` of
       * a process, or `cancelGrace` of a job or task, on top.
       */
      readonly total: Duration;
      /** From one start of the callee to its end; the time to stop it comes on top, as with `total`. */
      readonly attempt?: Duration | undefined;
      /** The longest time without a sign of life: a byte of output, an event, a change of state. */
      readonly idle?: Duration | undefined;
    };

/** A duration, or `"none"`: an attempt that has ended can have no later effect. */
export type EffectWithin = Duration;

/** A key, or a list of parts. hardcall joins them so that two different lists give different keys. */
export type KeyParts = string | readonly KeyPart[];

/** The contract as its checks read it; `defineCall` has the typed form. */
export interface ContractOptions {
  readonly name: string;
  readonly callee: Callee<never, unknown>;
  readonly timeout: Timeout;
  readonly effects: Effects;
  readonly key?: ((input: never) => KeyParts) | undefined;
  readonly probe?: ((input: never, context: never) => ProbeAnswer | Promise<ProbeAnswer>) | undefined;
  readonly effectWithin?: EffectWithin | undefined;
  readonly output?: StandardSchema | undefined;
  readonly evidence?: readonly Evidence<never>[] | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly ledger?: unknown;
  readonly store?: unknown;
  readonly replayWithoutValue?: unknown;
  readonly onInProgress?: unknown;
  readonly resource?: Resource | undefined;
  readonly onBusy?: unknown;
  readonly journal?: unknown;
  readonly logger?: Logger | undefined;
}
