import type { FoundEvidence } from "./evidence.ts";
import type { Effect, ErrorCode, Outcome } from "./vocabulary.ts";

/** The record of one attempt: one start of the callee. */
export interface AttemptRecord {
  /** 1 for the first. */
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Absent when the attempt succeeded. */
  readonly code?: ErrorCode | undefined;
  /** What went wrong, as a sentence without arguments, environment, prompt or output. */
  readonly message?: string | undefined;
  readonly effect: Effect;
  /** The id of the remote job it started or joined. */
  readonly externalRef?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  readonly stdoutBytes: number;
  readonly stdoutSha256: string;
  readonly stderrBytes: number;
  readonly retryAfterMs?: number | undefined;
  /** How many processes of the attempt could not be ended. */
  readonly survivors?: number | undefined;
  /** What else is worth knowing, such as "2 processes were left running and were ended". */
  readonly notes?: readonly string[] | undefined;
  /** US dollars, where the callee tells. */
  readonly costUsd?: number | undefined;
  /** What was found of what the contract asks for. */
  readonly evidence?: readonly FoundEvidence[] | undefined;
}

/** What the ledger knows of the earlier call that did the work, for a call that was not executed again. */
export interface Replay {
  /** The call that succeeded, or was found to have succeeded. `""` for content that was committed outside of any call. */
  readonly callId: string;
  /** Milliseconds since it was settled, on the wall clock. */
  readonly ageMs: number;
  /**
   * Whether its value is here: `"value"`; or why it is not: `"hash"` (`store: "hash"`), `"too_large"`, `"not_json"`, `"pruned"`,
   * `"none"` (it was found by a probe, or resolved by an operator).
   */
  readonly valueKept: "value" | "hash" | "too_large" | "not_json" | "pruned" | "none";
  /** What decided that it succeeded. */
  readonly settledBy: "attempt" | "late" | "probe" | "operator";
}

/** The fields that a `CallResult` and a `CallError` share. */
export interface CallFacts {
  readonly callId: string;
  readonly name: string;
  readonly key?: string | undefined;
  /** The id of the last attempt's remote job. */
  readonly externalRef?: string | undefined;
  /** What asked for the call, if that was no code of yours: "job 6f1c… of the queue publish, retry 2 (pg-boss)". */
  readonly requestedBy?: string | undefined;
  readonly outcome: Outcome;
  /** The resource whose limits it shares. */
  readonly resource?: string | undefined;
  /** How long it waited for places of its resource, in milliseconds; part of `durationMs`. */
  readonly waitedMs?: number | undefined;
  readonly attempts: readonly AttemptRecord[];
  /** US dollars for all attempts together, where the callee tells. */
  readonly totalCostUsd?: number | undefined;
  /** From the call to its end, waits between attempts included. */
  readonly durationMs: number;
  readonly exitCode?: number | undefined;
  /** The signal that ended the last attempt's process. */
  readonly signal?: NodeJS.Signals | undefined;
  /** The last 4 KiB. Not enumerable. */
  readonly stdoutTail: string;
  /** The last 64 KiB. Not enumerable. */
  readonly stderrTail: string;
  /** Of the whole stream, kept or not. */
  readonly stdoutBytes: number;
  /** Of the whole stream, kept or not. */
  readonly stdoutSha256: string;
  /** What was found to show that the call did its work; of a replay, what was found when it was executed. */
  readonly evidence?: readonly FoundEvidence[] | undefined;
  /** Of a call that was replayed or recovered. */
  readonly replay?: Replay | undefined;
}

/** A call whose contract held. `Details` are the callee's own facts, such as an agent's `sessionId` and `usage`. */
export type CallResult<Value, Details extends object = object> = CallFacts & {
  readonly outcome: "executed";
  readonly value: Value;
} & Details;

/**
 * A call with a key whose contract held. A replay has its value: without one it fails with `output_not_kept`, unless the definition
 * sets `replayWithoutValue: true` or `store: "hash"`. A success that a probe found has no value. `replay.valueKept` says which case it is.
 */
export type KeyedResult<Value, Details extends object = object, Replayed = Value | undefined> =
  | CallResult<Value, Details>
  | (CallFacts & {
      readonly outcome: "replayed";
      readonly value: Replayed;
      readonly replay: Replay;
    } & Partial<Details>)
  | (CallFacts & {
      readonly outcome: "recovered";
      readonly value: Value | undefined;
      readonly replay: Replay;
    } & Partial<Details>);

/** Builds a result whose tails do not show when it is logged or spread. */
export function makeResult<Value, Details extends object>(
  facts: CallFacts & { readonly outcome: "executed" | "replayed" | "recovered" },
  value: Value,
  details: Details,
): KeyedResult<Value, Details> {
  const { stdoutTail, stderrTail, ...visible } = facts;
  const result = { ...visible, value, ...details };
  for (const [name, tail] of Object.entries({ stdoutTail, stderrTail })) {
    Object.defineProperty(result, name, { value: tail, enumerable: false });
  }
  return result as unknown as KeyedResult<Value, Details>;
}
