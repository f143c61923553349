import type { Callee } from "../core/callee.ts";
import type { Evidence } from "../core/evidence.ts";
import type { SchemaOutput, StandardSchema } from "../core/standard-schema.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../core/logger.ts";
import type { Resource } from "../resources/options.ts";
import type { EffectWithin, KeyParts, Timeout } from "./contract-options.ts";
import type { Probe } from "./invocation.ts";
import type { RetryOptions } from "./retry.ts";

/** The options of `defineCall`. `retry` is allowed only if hardcall can make sure that a retry does no harm. */
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
  /** What is called: `command(…)`, `claude(…)`, `codex(…)`, `gemini(…)`, `job(…)` or `task(…)`. */
  readonly callee: Callee<Input, Raw, Details>;
  /** Required and finite: a duration for the whole call, or `{ total, attempt?, idle? }`. */
  readonly timeout: Timeout;
  /** Any Standard Schema, such as zod's. hardcall parses the output of a command or of an agent as JSON for it. */
  readonly output?: Schema | undefined;
  /** Checks that the artifacts of the call exist, after the callee has reported success. */
  readonly evidence?: readonly Evidence<CallValue<Raw, Schema>>[] | undefined;
  /**
   * Where calls with a key are recorded: a path, a `postgres://` URL, or a store.
   *
   * @default the embedded ledger: `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db`, else in `~/.local/state`
   */
  readonly ledger?: LedgerStore | string | undefined;
  /** Whether the ledger keeps the value, for a replay, or only its hash. @default "value" */
  readonly store?: "value" | "hash" | undefined;
  /**
   * Whether a replay whose value the ledger did not keep (`replay.valueKept` says why) is a success without a value. If not, it fails
   * with `output_not_kept`. @default false, and true with `store: "hash"`
   */
  readonly replayWithoutValue?: boolean | undefined;
  /** Gets one line per call, and one per change of a remote job's state; pino's logger fits. @default a line on stderr at the level of `HARDCALL_LOG_LEVEL` */
  readonly logger?: Logger | undefined;
  /** What to do when the call with this key is running elsewhere: fail at once, or wait for it within the timeout. @default "fail" */
  readonly onInProgress?: "fail" | "wait" | undefined;
  /** The limits that this call shares with others, over all processes that use the ledger: what `defineResource()` returned. */
  readonly resource?: Resource | undefined;
  /**
   * What to do while all places of the resource are taken: wait for one within the timeout, in order of arrival, or fail at once with
   * `busy`. A used-up rate or budget and an open circuit always fail at once.
   *
   * @default "wait"
   */
  readonly onBusy?: "wait" | "fail" | undefined;
  /**
   * Whether the ledger's journal has a row for each call, also for those without a key: `hardcall ledger list`, the report and the dashboard
   * show them. The row holds no arguments, environment, prompt or output. @default false; true with a `resource`, or with `HARDCALL_JOURNAL=1`
   */
  readonly journal?: boolean | undefined;
}

interface HarmlessOptions<Input> {
  /** A retry does no harm. */
  readonly effects: "none";
  /** Derives the idempotency key from the input. With a key, hardcall records the call and replays its result. */
  readonly key?: ((input: Input) => KeyParts) | undefined;
  readonly probe?: undefined;
  readonly effectWithin?: undefined;
  readonly retry?: RetryOptions | undefined;
}

type GatedOptions<Input, Answer extends ProbeAnswer> =
  | {
      /** The callee takes a key, and does its work only once per key. */
      readonly effects: "keyed";
      /** Derives the idempotency key from the input: two calls with the same key are the same call. */
      readonly key: (input: Input) => KeyParts;
      readonly probe?: undefined;
      readonly effectWithin?: undefined;
      readonly retry?: RetryOptions | undefined;
    }
  | {
      /** A probe can check whether the effect exists. */
      readonly effects: "verifiable";
      /** Derives the idempotency key from the input: two calls with the same key are the same call. */
      readonly key: (input: Input) => KeyParts;
      /** Checks whether the effect exists. Return `"absent"` only for a definite answer, such as a 404. */
      readonly probe: Probe<Input, Answer>;
      /**
       * How long after the end of an attempt its effect may still appear: a request that was sent may arrive after the caller has
       * given up. The probe's answer `present` counts at once, `absent` only after this time; until then nothing starts. `"none"`:
       * an attempt that has ended can have no later effect, such as a local command that writes a file.
       */
      readonly effectWithin: EffectWithin;
      readonly retry?: RetryOptions | undefined;
    }
  | {
      readonly effects: "keyed" | "verifiable";
      readonly key?: undefined;
      readonly probe?: undefined;
      readonly effectWithin?: undefined;
      /** Without a key, nothing would keep a retry from doing the work twice. */
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
  /** It must not happen twice, and no probe can tell whether it happened. */
  readonly effects: "once";
  /** Derives the idempotency key from the input: two calls with the same key are the same call. */
  readonly key?: ((input: Input) => KeyParts) | undefined;
  readonly probe?: undefined;
  readonly effectWithin?: undefined;
  readonly retry?: undefined;
}

/** The type of a call's `value`: the output of its schema, or what the callee returns. */
export type CallValue<Raw, Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : Raw;
