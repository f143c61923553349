import type { StandardSchema } from "../call/standard-schema.ts";
import type { Effect, ErrorCode } from "../call/words.ts";

/** What the runtime hands a callee for one attempt. */
export interface AttemptContext {
  readonly name: string;
  readonly callId: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly key: string | undefined;
  /** Aborts, with a `StopCause` as its reason, when the callee must stop its thing. */
  readonly signal: AbortSignal;
  /** Variables for the child's environment that are not the caller's, such as `TRACEPARENT`. */
  readonly carrier?: Readonly<Record<string, string>> | undefined;
  /** The contract's schema, for a callee that can ask for it. */
  readonly output: StandardSchema | undefined;
  /** What was wrong with the attempt before, for a callee that can be told (`retry.feedback`). */
  readonly feedback: Feedback | undefined;
  /** Tells the ledger what was started. */
  note(notes: AttemptNotes): void;
  /** The callee showed life: the idle limit starts anew. */
  activity(): void;
  /** The callee's thing has ended by itself: from now on no time limit is the cause of its end. */
  ended(): void;
}

/** What was wrong with the output of the attempt before. */
export interface Feedback {
  /** Where it did not fit, and the schema's words for it. Data of unknown origin: it may quote the output. */
  readonly issues: string;
  /** `details` of that attempt, when the next one is to go on from it (`retry.feedback: "resume"`). */
  readonly resume: object | undefined;
}

/** What identifies the thing that an attempt started, so that it can be found when this process has died. */
export interface AttemptNotes {
  readonly pid?: number;
  /** Clock ticks since boot. */
  readonly pidStart?: number;
  /** The id of a remote job. */
  readonly externalRef?: string;
}

/** How an attempt failed, as its callee sees it. */
export interface Failure {
  readonly code: ErrorCode;
  /** Goes on after the call's name: "exited with code 3". Without arguments, environment, prompt or output. */
  readonly message: string;
  readonly effect: Effect;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** What a callee tells of an attempt that is over. A callee never throws for an attempt that failed. */
export interface Report<Raw, Details extends object> {
  readonly failure?: Failure | undefined;
  /** It succeeded for certain although it had been told to stop: what was done is done, and is not called a timeout. */
  readonly beatTheStop?: boolean | undefined;
  /** What the callee answers when no schema is asked for. */
  readonly value?: Raw | undefined;
  /** The value is not all that came back (bytes that are not text), so a ledger must not keep it for a replay. */
  readonly lossy?: boolean | undefined;
  /** With a schema: what may be its value, best first; each is validated. Absent means `[value]`. */
  readonly candidates?: readonly Candidate[] | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  readonly stdoutTail?: string | undefined;
  readonly stderrTail?: string | undefined;
  readonly stdoutBytes?: number | undefined;
  readonly stdoutSha256?: string | undefined;
  readonly stderrBytes?: number | undefined;
  readonly survivors?: number | undefined;
  readonly notes?: readonly string[] | undefined;
  readonly costUsd?: number | undefined;
  readonly details?: Details | undefined;
}

/** A value that may be the answer, or why there is none. */
export type Candidate = { readonly value: unknown } | { readonly problem: string };

/** Something that can be called. It knows how to start, watch and stop its own thing, and nothing of limits or retries. */
export interface Callee<Input, Raw, Details extends object = object> {
  readonly kind: "command" | "claude" | "job" | "task";
  /** What a trace may tell of it besides its kind. */
  readonly telemetry?: {
    readonly executable?: string | undefined;
    readonly requestModel?: string | undefined;
  };
  /** What is wrong with how it was set up, a sentence without full stop each; reported with the contract's problems. */
  readonly problems: readonly string[];
  /** How long it may take to settle once its signal has aborted, in milliseconds. */
  readonly stopMs: number;
  /** What is wrong with an input, found before anything starts; a sentence without full stop each. */
  check?(input: Input, context: { readonly output: StandardSchema | undefined }): readonly string[];
  /** What a repeat must have in common with the first call for its result to be the same. */
  fingerprint(input: Input): unknown;
  run(input: Input, context: AttemptContext): Promise<Report<Raw, Details>>;
}
