import type { Callee } from "../core/callee.ts";
import type { Evidence } from "../core/evidence.ts";
import type { SchemaOutput, StandardSchema } from "../core/standard-schema.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../core/logger.ts";
import type { EffectWithin, KeyParts, Timeout } from "./contract-options.ts";
import type { Probe } from "./invocation.ts";
import type { RetryOptions } from "./retry.ts";

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
  /** Gets one line per call, and one per change of a remote job's state; pino's logger fits. @default a line on stderr at the level of `HARDCALL_LOG_LEVEL` */
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
