import type { Logger } from "./logger.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Effect, Effects, ErrorCode } from "./vocabulary.ts";

/** Which attempt of which call. */
export interface CallIdentity {
  readonly name: string;
  readonly callId: string;
  /** 1 for the first; with a key, the first of all calls with that key. */
  readonly attempt: number;
  readonly key: string | undefined;
}

/** What the runtime hands a callee for one attempt. */
export interface AttemptContext extends CallIdentity {
  /** What `identify` named, as the ledger has it. */
  readonly externalRef: string | undefined;
  /** How long this attempt may take, in milliseconds. */
  readonly limitMs: number;
  /** Aborts, with a `StopCause` as its reason, when the callee must stop its thing. */
  readonly signal: AbortSignal;
  /** Variables for the child's environment that are not the caller's, such as `TRACEPARENT`. */
  readonly carrier?: Readonly<Record<string, string>> | undefined;
  /** The contract's schema, for a callee that can ask for it. */
  readonly output: StandardSchema | undefined;
  /** What was wrong with the attempt before, for a callee that can be told (`retry.feedback`). */
  readonly feedback: Feedback | undefined;
  /** The call's logger, for what a callee reports while it runs, such as a remote job's changes of state. */
  readonly logger?: Logger | undefined;
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

/** The thing that the attempt before started, and what is known of how that attempt ended. */
export interface PreviousAttempt {
  readonly externalRef: string;
  /** Absent, or unknown, when its host never told. */
  readonly effect: Effect | undefined;
}

/** What a callee is told of a call before it starts. */
export interface GatherContext {
  readonly key: string | undefined;
  /** How often it may be started. */
  readonly attempts: number;
  /** Milliseconds that are left of the whole call. */
  readonly remainingMs: number;
  readonly signal: AbortSignal;
}

/** What a callee may base the name of its next thing on. */
export interface IdentifyContext extends CallIdentity {
  readonly effects: Effects;
  readonly previous: PreviousAttempt | undefined;
  /** Milliseconds that are left of the whole call. */
  readonly remainingMs: number;
  readonly signal: AbortSignal;
}

/** The name of the thing that an attempt will start, or join when it is there already. */
export interface Identity {
  readonly externalRef: string;
  /** Whether an attempt under this name cannot do the thing twice, whatever became of the attempt before. */
  readonly safe: boolean;
}

/** What became of a thing that was told to stop. */
export interface AfterStop {
  /** Whether it is known to have ended. If not, the attempt fails with `cancel_unconfirmed`. */
  readonly confirmed: boolean;
  readonly effect: Effect;
  /** Goes on after "timed out after 5 min, and". */
  readonly message: string;
}

/** How an attempt failed, as its callee sees it. */
export interface Failure {
  readonly code: ErrorCode;
  /** Goes on after the call's name: "exited with code 3". Without arguments, environment, prompt or output. */
  readonly message: string;
  readonly effect: Effect;
  readonly retryAfterMs?: number | undefined;
  /** What to do now, where the code's own advice would be wrong: whole sentences. */
  readonly advice?: string | undefined;
  readonly cause?: unknown;
}

/** What a callee tells of an attempt that is over. A callee never throws for an attempt that failed. */
export interface Report<Raw, Details extends object> {
  readonly failure?: Failure | undefined;
  /** It succeeded for certain although it had been told to stop: what was done is done, and is not called a timeout. */
  readonly completedDespiteAbort?: boolean | undefined;
  /** It was told to stop, and can tell what became of it. Without this, nobody knows. */
  readonly afterStop?: AfterStop | undefined;
  /** What the callee answers when no schema is asked for. */
  readonly value?: Raw | undefined;
  /** The value is not all that came back (bytes that are not text), so a ledger must not keep it for a replay. */
  readonly lossy?: boolean | undefined;
  /** What it printed, byte for byte, where that is more than the value says. */
  readonly output?: Uint8Array | undefined;
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
  /**
   * The callee's work goes on although it was told to stop. Settles with how it ends in the end; stays pending if it never
   * ends. Never rejects. Until then nothing that could do the same thing may start.
   */
  readonly stillRunning?: Promise<Report<Raw, Details>> | undefined;
}

/** A value that may be the answer, or why there is none. */
export type Candidate = { readonly value: unknown } | { readonly problem: string };

/** Something that can be called. It knows how to start, watch and stop its own thing, and nothing of limits or retries. */
export interface Callee<Input, Raw, Details extends object = object> {
  readonly kind: "command" | "claude" | "job" | "task";
  /** The names of its details that hold the answer itself, such as claude's `text`: with `store: "hash"` no ledger keeps them. */
  readonly answerDetails?: readonly string[] | undefined;
  /** Takes the output of a replay, byte for byte. With it a ledger keeps the output beside the value. */
  restoreOutput?(output: Uint8Array): void;
  /** What it makes of an output, of a run now or of a replay: what breaks the contract as of now is no success. */
  readOutput?(
    output: Uint8Array,
    asks: { readonly json: boolean },
  ): Pick<Report<never, never>, "failure" | "candidates">;
  /** What a trace may tell of it besides its kind. */
  readonly telemetry?: {
    readonly executable?: string | undefined;
    readonly requestModel?: string | undefined;
  };
  /** What is wrong with how it was set up, a sentence without full stop each; reported with the contract's problems. */
  readonly problems: readonly string[];
  /** How long it may take to settle once its signal has aborted, in milliseconds. */
  readonly stopMs: number;
  /**
   * Reads what must be known before anything starts and can be read only once, such as the host's stdin. Must not reject.
   *
   * @returns what is wrong with it, a sentence without full stop each
   */
  gather?(context: GatherContext): Promise<readonly string[]>;
  /** What is wrong with an input, found before anything starts; a sentence without full stop each. */
  check?(input: Input, context: { readonly output: StandardSchema | undefined }): readonly string[];
  /** What is wrong with a schema that its output must fit, for a callee that has to show it; a sentence without full stop each. */
  checkOutput?(output: StandardSchema): readonly string[];
  /** What a repeat must have in common with the first call for its result to be the same. */
  fingerprint(input: Input): unknown;
  /**
   * The same in named parts, which are hashed separately, so that a conflict names what differs. With it, `fingerprint` is only
   * what ledgers from before the parts are compared by.
   */
  fingerprintParts?(
    input: Input,
    context: { readonly output: StandardSchema | undefined },
  ): Readonly<Record<string, unknown>>;
  /**
   * Names the thing before it is started, so that the ledger has the name first and the next host can find and join it. A
   * callee with this is its own probe. Must not reject.
   */
  identify?(input: Input, context: IdentifyContext): Promise<Identity>;
  run(input: Input, context: AttemptContext): Promise<Report<Raw, Details>>;
}
