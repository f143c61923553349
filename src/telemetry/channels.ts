import type { CalleeKind } from "../core/callee-kind.ts";
import type { Effect, Effects, ErrorCode, Outcome } from "../core/vocabulary.ts";
import type { FoundEvidence } from "../core/evidence.ts";

/**
 * The names of the tracing channels (node:diagnostics_channel): one for calls, one for attempts, one for uses of the ledger. Subscribe with
 * `diagnostics_channel.tracingChannel(CHANNELS.call).subscribe({ start, asyncEnd, error })`. `asyncEnd` always comes, after `error` if there
 * is one, so read the result there. All events of one call share one context object, which gains fields. No context holds arguments,
 * environment, prompts, outputs or values; a key is there as a hash only. Subscribers run inside the call and must not throw.
 */
export const CHANNELS = {
  /** Context: `CallTrace`. */
  call: "hardcall:call",
  /** Context: `AttemptTrace`. */
  attempt: "hardcall:attempt",
  /** Context: `LedgerTrace`. */
  ledger: "hardcall:ledger",
} as const;

/** The `error` of a context. */
export interface TraceError {
  readonly code: string;
  /** One sentence, without arguments, environment, prompt or output. */
  readonly message: string;
}

/** The context of a call, from its start until it has settled. */
export interface CallTrace {
  readonly callId: string;
  readonly name: string;
  readonly callee: CalleeKind;
  readonly effects: Effects;
  /** The first 16 hex digits of the key's SHA-256. */
  readonly keySha256?: string | undefined;
  /** The name of its resource. */
  readonly resource?: string | undefined;
  // What follows is there from `asyncStart` on.
  outcome?: Outcome;
  code?: ErrorCode;
  effect?: Effect;
  /** How many attempts this call has made. */
  attempts?: number;
  durationMs?: number;
  /** How long it waited for places of its resource. */
  waitedMs?: number;
  costUsd?: number;
  /** The call that did the work; only for a replay or a recovery. */
  ofCallId?: string;
  evidence?: readonly FoundEvidence["kind"][];
  error?: TraceError;
}

/** The context of an attempt: one start of the callee. */
export interface AttemptTrace {
  readonly callId: string;
  readonly name: string;
  readonly callee: CalleeKind;
  /** 1 for the first; with a key, counted over all calls with that key. */
  readonly attempt: number;
  /** The base name of the executable; only for a callee that is a process. */
  readonly executable?: string | undefined;
  /** The model that the definition asks for; only for an agent. */
  readonly requestModel?: string | undefined;
  /** A subscriber of `start` may add environment variables for the child here, such as `TRACEPARENT`. */
  readonly carrier: Record<string, string>;
  /** A subscriber of `start` may set this function. hardcall then starts the callee inside it, so that its work is part of the trace. */
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
  /** Only for an agent: claude, codex or gemini. */
  agent?: AgentFacts;
  error?: TraceError;
}

/** Facts that an agent reported about its run. */
export interface AgentFacts {
  readonly model?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly stopReason?: string | undefined;
  readonly turns?: number | undefined;
  readonly tokens?:
    | {
        /** Tokens neither read from nor written to the cache. */
        readonly input: number;
        readonly output: number;
        readonly cacheRead: number;
        readonly cacheCreation: number;
      }
    | undefined;
}

/** The context of one use of the ledger. */
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
  /** Only for `claim` and `settleAndClaim`. */
  readonly callId?: string | undefined;
  // What follows is there from `asyncStart` on.
  /** The ledger's answer, such as `proceed`, `replayed` or `settled`. */
  answer?: string;
  durationMs?: number;
  error?: TraceError;
}
