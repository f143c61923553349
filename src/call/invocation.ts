import type { AttemptContext, Callee } from "../core/callee.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { StorePolicy } from "../ledger/key/value.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import type { Evidence } from "../core/evidence.ts";
import type { Resource } from "../resources/options.ts";
import type { Logger } from "../core/logger.ts";
import type { Effects, ProbeAnswer } from "../core/vocabulary.ts";

/** Looks whether the effect of a call exists. */
export type Probe<Input, Answer extends ProbeAnswer = ProbeAnswer> = (
  input: Input,
  context: Pick<AttemptContext, "signal" | "callId"> & { readonly key: string },
) => Answer | Promise<Answer> | Promise<ProbeAnswer>;

/** A definition that has been checked, as the pipeline uses it. */
export interface Definition<Input, Value, Details extends object> {
  readonly name: string;
  readonly callee: Callee<Input, unknown, Details>;
  readonly effects: Effects;
  readonly probe: Probe<Input> | undefined;
  /** For how long after the end of an attempt its effect may still appear, in milliseconds. */
  readonly effectWithinMs: number;
  readonly output: StandardSchema | undefined;
  readonly evidence: readonly Evidence<Value>[];
  readonly ledger: LedgerStore | string | undefined;
  readonly store: StorePolicy;
  /** Whether a replay may come without its value. */
  readonly replayWithoutValue: boolean;
  readonly onInProgress: "fail" | "wait";
  readonly resource: Resource | undefined;
  readonly onBusy: "wait" | "fail";
  readonly logger: Logger | undefined;
}

/** One use of a definition. */
export interface Invocation<Input> {
  readonly input: Input;
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Aborts with a `HostSignal` when the host is told to end. */
  readonly host: AbortSignal;
  /** What asked for the call, such as a job of a queue. */
  readonly requestedBy?: string | undefined;
}
