import type { Effect, Effects, ErrorCode, Outcome } from "../core/vocabulary.ts";
import type { FoundEvidence } from "../core/evidence.ts";

/**
 * The names of the tracing channels (node:diagnostics_channel), one event of each kind per call, attempt and use of the ledger:
 * `diagnostics_channel.tracingChannel(CHANNELS.call).subscribe({ start, asyncEnd, error })`. Finish on `asyncEnd`: it comes after
 * `error`, and comes either way. The context is one object for all events of one thing; it grows. No context holds arguments,
 * environment, prompt, output, a value or a key; a key is told by its hash. Subscribers run inside the call and must not throw.
 */
export const CHANNELS = {
  /** Context: `CallTrace`. */
  call: "hardcall:call",
  /** Context: `AttemptTrace`. */
  attempt: "hardcall:attempt",
  /** Context: `LedgerTrace`. */
  ledger: "hardcall:ledger",
} as const;

/** How something failed; the context's `error`. */
export interface TraceError {
  readonly code: string;
  /** A sentence without arguments, environment, prompt or output. */
  readonly message: string;
}

/** A call, from its start to its settling. */
export interface CallTrace {
  readonly callId: string;
  readonly name: string;
  readonly callee: "command" | "claude" | "job" | "task";
  readonly effects: Effects;
  /** The first 16 hex digits of the key's SHA-256. */
  readonly keySha256?: string | undefined;
  // What follows is there from `asyncStart` on.
  outcome?: Outcome;
  code?: ErrorCode;
  effect?: Effect;
  /** How many attempts this call has made. */
  attempts?: number;
  durationMs?: number;
  costUsd?: number;
  /** Of a replay or a recovery: the call that did the work. */
  ofCallId?: string;
  evidence?: readonly FoundEvidence["kind"][];
  error?: TraceError;
}

/** One start of the callee. */
export interface AttemptTrace {
  readonly callId: string;
  readonly name: string;
  readonly callee: "command" | "claude" | "job" | "task";
  /** Counts over all calls with the key. */
  readonly attempt: number;
  /** The base name of what is started, for a callee that is a process. */
  readonly executable?: string | undefined;
  /** What the definition asks for, for claude. */
  readonly requestModel?: string | undefined;
  /**
   * A subscriber of `start` may put variables here that the child gets in its environment, such as `TRACEPARENT`.
   */
  readonly carrier: Record<string, string>;
  /** A subscriber of `start` may set this; the callee is then started inside it, so that what it does is part of a trace. */
  within?: <T>(work: () => T) => T;
  pid?: number;
  // What follows is there from `asyncStart` on.
  code?: ErrorCode;
  effect?: Effect;
  exitCode?: number;
  signal?: NodeJS.Signals;
  durationMs?: number;
  stdoutBytes?: number;
  stdoutSha256?: string;
  costUsd?: number;
  evidence?: readonly FoundEvidence["kind"][];
  /** Of claude. */
  agent?: AgentFacts;
  error?: TraceError;
}

/** What claude told of its run. */
export interface AgentFacts {
  readonly model?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly stopReason?: string | undefined;
  readonly turns?: number | undefined;
  readonly tokens?:
    | {
        /** Not read from nor written to the cache. */
        readonly input: number;
        readonly output: number;
        readonly cacheRead: number;
        readonly cacheCreation: number;
      }
    | undefined;
}

/** One use of the ledger. */
export interface LedgerTrace {
  readonly operation:
    | "claim"
    | "started"
    | "heartbeat"
    | "settle"
    | "settleAndClaim"
    | "probed"
    | "checkContent"
    | "commitContent"
    | "releaseContent"
    | "forget";
  /** The call's name, or the scope of `dedupe`. */
  readonly name: string;
  readonly keySha256?: string | undefined;
  /** Of `claim` and `settleAndClaim`. */
  readonly callId?: string | undefined;
  // What follows is there from `asyncStart` on.
  /** What it answered, such as `proceed`, `replayed` or `settled`. */
  answer?: string;
  durationMs?: number;
  error?: TraceError;
}
