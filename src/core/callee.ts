import type { CalleeKind } from "./callee-kind.ts";
import type { Circuit } from "./circuit.ts";
import type { Logger } from "./logger.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Effect, Effects, ErrorCode } from "./vocabulary.ts";
import type { WorkLease } from "./work-lease.ts";

/** Which attempt of which call. */
export interface CallIdentity {
  readonly name: string;
  readonly callId: string;
  /** 1 for the first; with a key, the first of all calls with that key. */
  readonly attempt: number;
  readonly key: string | undefined;
}

/** What hardcall passes to a callee for one attempt. */
export interface AttemptContext extends CallIdentity {
  /** The name that `identify` gave, as recorded in the ledger. */
  readonly externalRef: string | undefined;
  /** How long this attempt may take, in milliseconds. */
  readonly limitMs: number;
  /** Aborts, with a `StopCause` as its reason, when the callee must stop its work. */
  readonly signal: AbortSignal;
  /** Variables that hardcall adds to the child's environment, such as `TRACEPARENT`. */
  readonly carrier?: Readonly<Record<string, string>> | undefined;
  /** The contract's schema, for a callee that can ask for it. */
  readonly output: StandardSchema | undefined;
  /** What was wrong with the previous attempt, for a callee that can use it (`retry.feedback`). */
  readonly feedback: Feedback | undefined;
  /** The call's logger, for what a callee reports while it runs, such as a remote job's changes of state. */
  readonly logger?: Logger | undefined;
  /** Present where the ledger is shared by several hosts. `signal` aborts in time; a callee may need to know more. */
  readonly lease?: WorkLease | undefined;
  /** Tells the ledger what was started. */
  note(notes: AttemptNotes): void;
  /** The callee shows a sign of life: the idle limit starts again. */
  activity(): void;
  /** The callee's work has ended by itself: a limit that passes later is not the cause of its end. */
  ended(): void;
}

/** What was wrong with the output of the previous attempt. */
export interface Feedback {
  /** The schema's messages with their paths. Treat it as untrusted data: it may quote the output. */
  readonly issues: string;
  /** `details` of that attempt, if the next one continues it (`retry.feedback: "resume"`). */
  readonly resume: object | undefined;
}

/** What identifies the work that an attempt started, so that another process can find it after this one has died. */
export interface AttemptNotes {
  readonly pid?: number;
  /** Clock ticks since boot. */
  readonly pidStart?: number;
  /** The id of a remote job. */
  readonly externalRef?: string;
}

/** The work that the previous attempt started, and the known effect of that attempt. */
export interface PreviousAttempt {
  readonly externalRef: string;
  /** Absent or `unknown` if its host process never reported it. */
  readonly effect: Effect | undefined;
}

/** What hardcall tells a callee about a call before it starts. */
export interface GatherContext {
  readonly key: string | undefined;
  /** The most attempts that the call may make. */
  readonly attempts: number;
  /** Milliseconds that are left of the whole call. */
  readonly remainingMs: number;
  readonly signal: AbortSignal;
}

/** What a callee may use to name the work of its next attempt. */
export interface IdentifyContext extends CallIdentity {
  readonly effects: Effects;
  readonly previous: PreviousAttempt | undefined;
  /** Milliseconds that are left of the whole call. */
  readonly remainingMs: number;
  readonly signal: AbortSignal;
}

/** The name of the work that an attempt will start, or join if it already exists. */
export interface Identity {
  readonly externalRef: string;
  /** Whether an attempt under this name cannot do the work twice, however the previous attempt ended. */
  readonly safe: boolean;
}

/** How work ended that was told to stop. */
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
  /** Of `circuit_open`. */
  readonly circuit?: Circuit | undefined;
  readonly cause?: unknown;
}

/** What a callee reports of an attempt that has ended. A callee never throws for an attempt that failed. */
export interface Report<Raw, Details extends object> {
  readonly failure?: Failure | undefined;
  /** It certainly succeeded although it was told to stop, so the attempt is a success and not a timeout. */
  readonly completedDespiteAbort?: boolean | undefined;
  /** How the work ended after it was told to stop. Without this, the effect is unknown. */
  readonly afterStop?: AfterStop | undefined;
  /** The result without a schema. */
  readonly value?: Raw | undefined;
  /** The value is not all that came back (bytes that are not text), so a ledger must not keep it for a replay. */
  readonly lossy?: boolean | undefined;
  /** What it printed, byte for byte, where that is more than the value says. */
  readonly output?: Uint8Array | undefined;
  /** With a schema: values that may be the answer, best first. hardcall takes the first that fits. Absent means `[value]`. */
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
   * Present if the callee's work continues although it was told to stop. Resolves when that work ends; stays pending if it never
   * ends; never rejects. Until it resolves, hardcall starts nothing that could do the same work.
   */
  readonly stillRunning?: Promise<Report<Raw, Details>> | undefined;
}

/** A value that may be the answer, or why there is none. */
export type Candidate = { readonly value: unknown } | { readonly problem: string };

/** Something that can be called. It starts, watches and stops its own work; hardcall applies limits and retries. */
export interface Callee<Input, Raw, Details extends object = object> {
  readonly kind: CalleeKind;
  /** The names of its details that hold the answer itself, such as an agent's `text`: with `store: "hash"` no ledger keeps them. */
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
  /** What is wrong with its options, a sentence without full stop each; reported with the contract's problems. */
  readonly problems: readonly string[];
  /** Whether its attempts tell what they cost (`costUsd` of the report). @default false */
  readonly reportsCost?: boolean | undefined;
  /** The most that one attempt may cost, in US dollars, where it has such a limit. */
  readonly maxCostUsd?: number | undefined;
  /** How long it may take to settle once its signal has aborted, in milliseconds. */
  readonly stopMs: number;
  /** The same for a stop because of a lost lease, where that is shorter: a remote job is left to the next owner. @default stopMs */
  readonly leaseStopMs?: number | undefined;
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
  /** The part of the input that decides the result: a repeat with the same key must have the same. */
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
