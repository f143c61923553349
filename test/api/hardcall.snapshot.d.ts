// dist/index.d.ts
export { claude, type ClaudeDetails, type ClaudeInput } from "./callees/claude/claude.ts";
export type { ClaudeOptions } from "./callees/claude/arguments.ts";
export type { ClaudeEvent, PermissionDenial } from "./callees/claude/events.ts";
export { command, type CommandOptions } from "./callees/command.ts";
export { task, type TaskContext, type TaskOptions } from "./callees/task.ts";
export type { AttemptContext, Callee, Candidate, Failure, Report } from "./callees/callee.ts";
export { defineCall, type Call, type CallOptions, type CallValue, type InvokeOptions, type KeyedCall, type KeyedInvokeOptions, } from "./call/define-call.ts";
export { runClaude, runCommand, type RunClaudeOptions, type RunCommandOptions } from "./call/run-once.ts";
export { CallError, ConfigError } from "./call/errors.ts";
export type { StopCause } from "./call/deadline.ts";
export type { Duration } from "./call/duration.ts";
export type { KeyParts, Timeout } from "./call/contract.ts";
export { describeOutcome, type AttemptRecord, type CallFacts, type CallResult, type KeyedResult, type Replay, type Settled, } from "./call/result.ts";
export type { RetryOptions } from "./call/retry.ts";
export type { SchemaIssue, StandardSchema } from "./call/standard-schema.ts";
export type { Evidence } from "./call/verdict.ts";
export type { Effect, Effects, ErrorCode, Outcome, ProbeAnswer } from "./call/words.ts";
export type { ProcessOptions } from "./process/process-options.ts";
export type { Probe } from "./call/invocation.ts";
export { openLedger } from "./ledger/open-ledger.ts";
export { keyFor, type KeyPart } from "./ledger/key.ts";
export type { LedgerStore } from "./ledger/store.ts";

// dist/callees/claude/claude.d.ts
import type { Callee } from "../callee.ts";
import { type ClaudeOptions } from "./arguments.ts";
import type { PermissionDenial } from "./events.ts";
export type ClaudeInput = string | {
    readonly prompt: string;
    /** The session to go on with. */
    readonly resume?: string | undefined;
};
/** What claude tells of a run, on a result beside `value`. */
export interface ClaudeDetails {
    /** The answer's text, marker stripped. */
    readonly text: string;
    /** `structured_output`, unvalidated. */
    readonly structured?: unknown;
    readonly sessionId?: string | undefined;
    /** US dollars, as the CLI reckons them. */
    readonly costUsd?: number | undefined;
    /** Tokens, as the API names them. */
    readonly usage?: Readonly<Record<string, unknown>> | undefined;
    readonly model?: string | undefined;
    readonly stopReason?: string | undefined;
    readonly permissionDenials: readonly PermissionDenial[];
    readonly numTurns?: number | undefined;
}
/**
 * `claude -p` as a callee. Its `value` is the answer's text, or, with `output`, the validated structured answer.
 *
 * A run has succeeded when the process ended by itself or after its result, with exit code 0 and one main result that is
 * no error, no refusal and not cut off, with a text that is not blank, and without a denied permission. Any single sign
 * may lie (observed on 2.1.329: errors with `subtype: "success"`, blank answers with exit code 0), so all are looked at.
 *
 * @example
 * const { value, costUsd } = await defineCall({ name: "draft", callee: claude({ tools: [] }), … })("Write the post");
 */
export declare function claude(options?: ClaudeOptions): Callee<ClaudeInput, string, ClaudeDetails>;

// dist/callees/callee.d.ts
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
export type Candidate = {
    readonly value: unknown;
} | {
    readonly problem: string;
};
/** Something that can be called. It knows how to start, watch and stop its own thing, and nothing of limits or retries. */
export interface Callee<Input, Raw, Details extends object = object> {
    readonly kind: "command" | "claude" | "job" | "task";
    /** What is wrong with how it was set up, a sentence without full stop each; reported with the contract's problems. */
    readonly problems: readonly string[];
    /** How long it may take to settle once its signal has aborted, in milliseconds. */
    readonly stopMs: number;
    /** What is wrong with an input, found before anything starts; a sentence without full stop each. */
    check?(input: Input, context: {
        readonly output: StandardSchema | undefined;
    }): readonly string[];
    /** What a repeat must have in common with the first call for its result to be the same. */
    fingerprint(input: Input): unknown;
    run(input: Input, context: AttemptContext): Promise<Report<Raw, Details>>;
}

// dist/call/standard-schema.d.ts
/** The part of Standard Schema v1 that hardcall uses; zod, valibot and arktype schemas have it (standardschema.dev). */
export interface StandardSchema<Input = unknown, Output = Input> {
    readonly "~standard": {
        readonly version: 1;
        readonly vendor: string;
        readonly validate: (value: unknown) => SchemaVerdict<Output> | Promise<SchemaVerdict<Output>>;
        readonly types?: {
            readonly input: Input;
            readonly output: Output;
        } | undefined;
        /** Standard JSON Schema v1, where the vendor has it. */
        readonly jsonSchema?: {
            readonly input: (options: {
                readonly target: string;
            }) => Record<string, unknown>;
        };
    };
}
export type SchemaVerdict<Output> = {
    readonly value: Output;
    readonly issues?: undefined;
} | {
    readonly issues: readonly SchemaIssue[];
};
export interface SchemaIssue {
    readonly message: string;
    readonly path?: readonly (PropertyKey | {
        readonly key: PropertyKey;
    })[] | undefined;
}
/** What a schema makes of a valid value. */
export type SchemaOutput<S> = S extends StandardSchema<infer _I, infer O> ? O : never;
export declare function isStandardSchema(value: unknown): value is StandardSchema;
/** `body.tags[2]`: where an issue is, without the value that is there. */
export declare function issuePath(issue: SchemaIssue): string;

// dist/call/words.d.ts
/** How a call ended. */
export type Outcome = "executed" | "replayed" | "recovered" | "failed" | "in_doubt" | "in_progress";
/** What a repeat of the call would do. */
export type Effects = "none" | "keyed" | "verifiable" | "once";
/**
 * What is known of the world after an attempt: nothing ran, the callee said no, it did its work, or nobody knows.
 */
export type Effect = "not_started" | "rejected" | "completed" | "unknown";
/** A caller's look at whether the effect exists. */
export type ProbeAnswer = "present" | "absent" | "unknown";
/** Why a call failed. Low in number and stable, so it can label a metric (OpenTelemetry `error.type`). */
export type ErrorCode = (typeof ERROR_CODES)[number];
export declare const ERROR_CODES: readonly ["timeout", "idle_timeout", "cancelled", "spawn_failed", "exit_nonzero", "killed", "empty_output", "output_too_large", "truncated_output", "invalid_output", "no_result", "evidence_missing", "rate_limited", "overloaded", "unavailable", "auth", "billing", "invalid_request", "refused", "turn_limit", "budget_limit", "permission_denied", "job_failed", "cancel_unconfirmed", "in_doubt", "in_progress", "key_conflict", "lease_lost", "ledger_unavailable", "duplicate_streak", "invalid_config"];

// dist/callees/claude/arguments.d.ts
import type { StandardSchema } from "../../call/standard-schema.ts";
import type { ProcessOptions } from "../../process/process-options.ts";
import type { ClaudeEvent } from "./events.ts";
export interface ClaudeOptions extends ProcessOptions {
    readonly model?: string | undefined;
    /** What exists: the built-in tools the model can use. `[]` is none. @default the CLI's own */
    readonly tools?: readonly string[] | undefined;
    /** What needs no permission, such as `"Bash(git log:*)"`. */
    readonly allowedTools?: readonly string[] | undefined;
    readonly disallowedTools?: readonly string[] | undefined;
    /** Over the limit is `turn_limit`. */
    readonly maxTurns?: number | undefined;
    /** US dollars. Over the limit is `budget_limit`. */
    readonly maxBudgetUsd?: number | undefined;
    readonly systemPrompt?: string | undefined;
    readonly appendSystemPrompt?: string | undefined;
    /** The session to go on with. */
    readonly resume?: string | undefined;
    readonly permissionMode?: string | undefined;
    /** What a tool that was denied means: the work was not done (`permission_denied`), or nothing. @default "fail" */
    readonly permissionDenials?: "fail" | "allow" | undefined;
    /**
     * Asks for a one-time last line and strips it. Without it in the answer the call is `truncated_output`: the one defence
     * against a fluent answer to a lost prompt, or to half of one. @default false
     */
    readonly marker?: boolean | undefined;
    /** @default "claude", looked for on PATH */
    readonly claudePath?: string | undefined;
    /** Further flags, as the CLI takes them. */
    readonly extraArgs?: readonly string[] | undefined;
    /** Sees every event as it comes. */
    readonly onEvent?: ((event: ClaudeEvent) => void) | undefined;
}
/** The arguments of a run. The prompt is not among them: it goes over stdin. */
export declare function claudeArguments(options: ClaudeOptions, resume: string | undefined, schema: string | undefined): string[];
/** The contract's schema as JSON Schema text, where its vendor can tell it (Standard JSON Schema, zod from 4.2). */
export declare function jsonSchemaOf(output: StandardSchema | undefined): string | undefined;

// dist/process/process-options.d.ts
import { type Duration } from "../call/duration.ts";
/** How a callee's process is run. */
export interface ProcessOptions {
    /** The working folder. @default the host's */
    readonly cwd?: string | undefined;
    /** Added to the host's environment; `undefined` takes a variable out. */
    readonly env?: Readonly<Record<string, string | undefined>> | undefined;
    /** Between SIGTERM and SIGKILL. @default "5s" */
    readonly killGrace?: Duration | undefined;
    /** How many bytes of stdout are kept; more is `output_too_large`. @default 16777216 (16 MiB) */
    readonly maxOutput?: number | undefined;
    /** Whether processes that a success leaves running are ended. `"leave"` is for a command meant to start a daemon. @default "end" */
    readonly leftovers?: "end" | "leave" | undefined;
    /** Sees stderr as it comes, such as to show it; a tail of it is kept in any case. */
    readonly onStderr?: ((chunk: Uint8Array) => void) | undefined;
}
/** After its exit, how long to wait for output that is still on its way. */
export declare const DRAIN_GRACE_MS = 250;
export interface ProcessSettings {
    readonly killGraceMs: number;
    readonly maxOutput: number;
    readonly leftovers: "end" | "leave";
    readonly problems: readonly string[];
}
export declare function processSettings(options: ProcessOptions): ProcessSettings;
/** The child's whole environment. */
export declare function childEnv(extra: Readonly<Record<string, string | undefined>> | undefined, call: {
    readonly callId: string;
    readonly attempt: number;
    readonly key: string | undefined;
}, cookie: string, leftovers: "end" | "leave"): Record<string, string | undefined>;
/** In the environment of all that an attempt starts. A call inside it adds its own. */
export declare const cookieOf: (call: {
    readonly callId: string;
    readonly attempt: number;
}) => string;

// dist/call/duration.d.ts
/** Milliseconds, or a string with units: `"90s"`, `"10m"`, `"1h30m"`, `"250ms"`, `"2d"`. */
export type Duration = number | string;
/** Node's timers hold a delay in a signed 32-bit integer; a longer one fires after 1 ms (Node.js timers documentation). */
export declare const MAX_DURATION_MS: number;
/** The duration in milliseconds, or the problem with it as the end of a sentence that starts with its name. */
export declare function parseDuration(value: unknown): {
    readonly ms: number;
} | {
    readonly problem: string;
};
/** A duration as a person says it: `850 ms`, `1.5 s`, `20 min`, `1 h 30 min`. */
export declare function formatDuration(ms: number): string;

// dist/callees/claude/events.d.ts
/** An event of `claude --output-format stream-json`. Its other fields are as the CLI printed them, and change with versions. */
export interface ClaudeEvent {
    readonly type: string;
    readonly subtype?: string;
    readonly [field: string]: unknown;
}
export interface PermissionDenial {
    readonly tool_name?: string;
    readonly tool_use_id?: string;
    readonly tool_input?: unknown;
}
/** The event that ends a turn (`SDKResultMessage` of the official SDK, and the CLI's own output at 2.1.329). */
export interface ResultEvent extends ClaudeEvent {
    readonly type: "result";
    readonly is_error?: boolean;
    readonly result?: string;
    readonly structured_output?: unknown;
    readonly session_id?: string;
    readonly total_cost_usd?: number;
    readonly usage?: Readonly<Record<string, unknown>>;
    readonly modelUsage?: Readonly<Record<string, unknown>>;
    readonly stop_reason?: string | null;
    readonly terminal_reason?: string;
    readonly api_error_status?: number | null;
    readonly api_error_type?: string;
    readonly api_error?: string;
    readonly errors?: readonly string[];
    readonly num_turns?: number;
    readonly permission_denials?: readonly PermissionDenial[];
    readonly result_index?: number;
}
/** The events of a line: none when it is not one, several when it is a list (`viewMode: "verbose"` prints lists). */
export declare function eventsOf(line: string): ClaudeEvent[];

// dist/callees/command.d.ts
import { type ProcessOptions } from "../process/process-options.ts";
import type { Callee, Candidate } from "./callee.ts";
export interface CommandOptions<Input> extends ProcessOptions {
    /** What the command reads on stdin, which is then closed. Without it the command sees end of file at once. */
    readonly stdin?: string | Uint8Array | ((input: Input) => string | Uint8Array) | undefined;
    /** Hands the host's own stdin on instead. @default false */
    readonly inheritStdin?: boolean | undefined;
    /** Sees the whole of stdout, as bytes, once the command has ended well and before it is validated. */
    readonly onOutput?: ((stdout: Uint8Array) => void) | undefined;
    /** Takes a blank stdout for a success. @default false */
    readonly allowEmpty?: boolean | undefined;
    /** Fewer bytes of stdout are `empty_output`. @default 0 */
    readonly minBytes?: number | undefined;
    /** Exit codes of a success. @default [0] */
    readonly okExitCodes?: readonly number[] | undefined;
    /** Exit codes with which the command says that it refused and did nothing, so that a repeat does no harm. @default [] */
    readonly rejectedExitCodes?: readonly number[] | undefined;
}
/**
 * A command as a callee. Its `value` is its stdout without the final newline, or, with `output`, that parsed as JSON and
 * validated. It is started without a shell.
 *
 * @example
 * command("pg_dump", ["prod"]);
 * command("resize", (image: string) => [image, "--width=800"]);
 */
export declare function command<Input = void>(file: string, args?: readonly string[] | ((input: Input) => readonly string[]), options?: CommandOptions<Input>): Callee<Input, string>;
/** Text as JSON, or where it stops being JSON; the parser's own message would quote the text. */
export declare function parseJson(text: string): Candidate;

// dist/callees/task.d.ts
import { type Duration } from "../call/duration.ts";
import type { Callee } from "./callee.ts";
export interface TaskContext {
    /** Aborts when the task must stop; hand it to whatever the task waits for. */
    readonly signal: AbortSignal;
    /** The idempotency key, to send along. */
    readonly key: string | undefined;
    /** 1 for the first. */
    readonly attempt: number;
    readonly callId: string;
    /** Tells the runtime that work goes on: the idle limit starts anew. */
    readonly activity: () => void;
}
export interface TaskOptions {
    /**
     * How long the task may take to settle once its signal has aborted. A function cannot be killed: after that the call
     * settles without it.
     *
     * @default "5s"
     */
    readonly cancelGrace?: Duration | undefined;
}
/**
 * An async function as a callee. It is told by its signal to stop; if it goes on all the same, the call settles without
 * it after `cancelGrace`, with `effect: "unknown"`, and says that the work may go on.
 *
 * An error with `code` `ECONNREFUSED` or `ENOTFOUND` proves that nothing was sent (`unavailable`, `not_started`); any
 * other error leaves the effect unknown, unless it says itself: `Object.assign(new Error(…), { effect: "rejected" })`.
 *
 * @example
 * const publish = task(async (post: Post, { signal, key }) => api.publish(post, { signal, key }));
 */
export declare function task<Input, Raw>(work: (input: Input, context: TaskContext) => Raw | Promise<Raw>, options?: TaskOptions): Callee<Input, Raw>;

// dist/call/define-call.d.ts
import type { Callee } from "../callees/callee.ts";
import type { LedgerStore } from "../ledger/store.ts";
import { type KeyParts, type Timeout } from "./contract.ts";
import { CallError } from "./errors.ts";
import type { Probe } from "./invocation.ts";
import type { CallResult, KeyedResult } from "./result.ts";
import type { RetryOptions } from "./retry.ts";
import type { SchemaOutput, StandardSchema } from "./standard-schema.ts";
import type { Evidence } from "./verdict.ts";
/** What `defineCall` takes. `retry` is there only where a repeat can be shown to do no harm. */
export type CallOptions<Input, Raw, Details extends object, Schema extends StandardSchema | undefined> = CommonOptions<Input, Raw, Details, Schema> & (HarmlessOptions<Input> | GatedOptions<Input> | OnceOptions<Input>);
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
    /** What to do when the call with this key is running elsewhere: fail at once, or wait for it within the timeout. @default "fail" */
    readonly onInProgress?: "fail" | "wait" | undefined;
}
interface HarmlessOptions<Input> {
    /** A repeat does no harm. */
    readonly effects: "none";
    readonly key?: ((input: Input) => KeyParts) | undefined;
    readonly probe?: undefined;
    readonly retry?: RetryOptions | undefined;
}
type GatedOptions<Input> = {
    /** The callee honours the key that it is sent. */
    readonly effects: "keyed";
    /** What makes two calls the same one. Gates every repeat. */
    readonly key: (input: Input) => KeyParts;
    readonly probe?: undefined;
    readonly retry?: RetryOptions | undefined;
} | {
    /** A probe can look whether the effect exists. */
    readonly effects: "verifiable";
    readonly key: (input: Input) => KeyParts;
    readonly probe: Probe<Input>;
    readonly retry?: RetryOptions | undefined;
} | {
    readonly effects: "keyed" | "verifiable";
    readonly key?: undefined;
    readonly probe?: Probe<Input> | undefined;
    /** Without a key there is nothing to gate a repeat with. */
    readonly retry?: undefined;
};
interface OnceOptions<Input> {
    /** It must not happen twice, and nothing can tell afterwards whether it did. */
    readonly effects: "once";
    readonly key?: ((input: Input) => KeyParts) | undefined;
    readonly probe?: undefined;
    readonly retry?: undefined;
}
/** What a call's `value` is: what its schema makes of it, else what the callee gives. */
export type CallValue<Raw, Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : Raw;
export interface InvokeOptions {
    /** Cancels the call. A call cancelled before it started has started nothing. */
    readonly signal?: AbortSignal | undefined;
}
export interface KeyedInvokeOptions extends InvokeOptions {
    /** In place of the key that the definition makes of the input. */
    readonly key: KeyParts;
}
/** A defined call. */
export interface Call<Input, Value, Details extends object, Result = CallResult<Value, Details>> {
    /**
     * Runs the call.
     *
     * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
     */
    (input: Input, options?: InvokeOptions): Promise<Result>;
    (input: Input, options: KeyedInvokeOptions): Promise<KeyedResult<Value, Details>>;
    /** Runs the call and gives how it ended, a failure included; `outcome` tells which. Does not reject. */
    settle(input: Input, options?: InvokeOptions): Promise<Result | CallError>;
    settle(input: Input, options: KeyedInvokeOptions): Promise<KeyedResult<Value, Details> | CallError>;
}
/** A call whose definition has a key: one that is not executed anew has its value only if the ledger kept it. */
export type KeyedCall<Input, Value, Details extends object> = Call<Input, Value, Details, KeyedResult<Value, Details>>;
/**
 * Makes a function of a callee and a contract. Everything that is wrong with the definition is said here, at once.
 *
 * @example
 * const backup = defineCall({
 *   name: "backup",
 *   callee: command("pg_dump", ["prod"]),
 *   timeout: { total: "1h", idle: "5m" },
 *   effects: "none",
 *   retry: { attempts: 3 },
 * });
 * const { value } = await backup();
 *
 * @throws ConfigError `invalid_config`, listing every problem
 */
export declare function defineCall<Input, Raw, Details extends object, const Schema extends StandardSchema | undefined = undefined>(options: CallOptions<Input, Raw, Details, Schema> & {
    readonly key?: undefined;
}): Call<Input, CallValue<Raw, Schema>, Details>;
export declare function defineCall<Input, Raw, Details extends object, const Schema extends StandardSchema | undefined = undefined>(options: CallOptions<Input, Raw, Details, Schema>): KeyedCall<Input, CallValue<Raw, Schema>, Details>;
export {};

// dist/ledger/store.d.ts
import type { ClaimAnswer, ClaimRequest, ProbeAnswer, ProbedAnswer, ResolveAnswer, SettleAnswer, Verdict } from "./events.ts";
import type { Liveness, Owner } from "./owner.ts";
import type { Attempt, AttemptEnd, AttemptNote, Claim, Operation, OperationState, Resolution } from "./state.ts";
import type { StorePolicy } from "./value.ts";
/** How long a ledger operation may wait for other processes. @default 10000 */
export type Within = {
    readonly withinMs?: number | undefined;
};
/** The result of an attempt, with the value as the callee gave it. */
export type SettleRequest = {
    readonly state: "succeeded";
    readonly end: Omit<AttemptEnd, "code" | "effect">;
    readonly value: unknown;
    /** @default "value" */
    readonly store?: StorePolicy | undefined;
    /** JSON text that comes back with a replay: contract verdict, cost, session … */
    readonly details?: string | undefined;
} | {
    readonly state: "failed";
    readonly end: AttemptEnd & {
        readonly code: string;
    };
};
export type Listing = {
    readonly state?: OperationState | undefined;
    readonly name?: string | undefined;
    /** Only operations that last changed state at least so many milliseconds ago. */
    readonly olderThanMs?: number | undefined;
    /** @default 100 */
    readonly limit?: number | undefined;
};
/** A call id, or a key; with `name` only that call's. */
export type OperationRef = {
    readonly callIdOrKey: string;
    readonly name?: string | undefined;
};
export type OperationHistory = {
    readonly record: Operation;
    /** Oldest first; late results are rows of their own. */
    readonly attempts: readonly Attempt[];
    readonly resolutions: readonly Resolution[];
};
/** An attempt that never reported a result; what it started may still be running. */
export type Unfinished = {
    readonly name: string;
    readonly key: string;
    readonly attempt: Attempt;
    readonly ownerAlive: Liveness;
};
export type Pruned = {
    /** Successes whose value and attempts were dropped and whose key is still remembered. */
    readonly tombstoned: number;
    /** Operations that were forgotten. */
    readonly deleted: number;
};
/** A claim's answer, with the newest attempt when one may have had an effect. */
export type StoreClaimAnswer = ClaimAnswer & {
    readonly lastAttempt?: Attempt | undefined;
};
/**
 * The durable record of calls and attempts. Every method may throw LedgerError `ledger_unavailable`; every write
 * under a claim throws `lease_lost` once another owner has taken the operation over.
 */
export type LedgerStore = {
    /** Where the ledger is, for messages: a path or a URL without credentials. */
    readonly location: string;
    /** @throws LedgerError `invalid_config` for a key that is blank or the hash of nothing, or a lease that is no time. */
    claim(request: ClaimRequest, options?: Within): Promise<StoreClaimAnswer>;
    /** Durable when it returns: only then may the effect begin. */
    started(claim: Claim, start?: AttemptNote, options?: Within): Promise<void>;
    /** The lease starts anew. `note` adds what was learnt since the start, such as the pid. */
    heartbeat(claim: Claim, note?: AttemptNote, options?: Within): Promise<void>;
    /** A result is never refused: one that comes too late is kept, and the answer says what it meant. */
    settle(claim: Claim, result: SettleRequest, options?: Within): Promise<SettleAnswer>;
    /** Settles and claims anew in one step, so that nobody slips in between two attempts of one call. */
    settleAndClaim(claim: Claim, result: SettleRequest, request: ClaimRequest, options?: Within): Promise<{
        readonly settled: SettleAnswer;
        readonly next: StoreClaimAnswer;
    }>;
    /** Reports what the probe saw that a `probe` answer asked for. */
    probed(claim: Claim, answer: ProbeAnswer, options?: Within): Promise<ProbedAnswer>;
    /** An operator's verdict. `undefined` when there is no such operation. */
    resolve(operation: {
        readonly name: string;
        readonly key: string;
    }, verdict: Verdict, options?: Within): Promise<ResolveAnswer | undefined>;
    /** Newest change first. */
    list(filter?: Listing): Promise<readonly Operation[]>;
    /** Every operation the reference fits: a key may be used by several calls. */
    show(ref: OperationRef): Promise<readonly OperationHistory[]>;
    /** Attempts without a result on one machine and boot. */
    unfinished(place: {
        readonly host: string;
        readonly bootId: string;
    }): Promise<readonly Unfinished[]>;
    /** Ends retention. Never touches an operation that is in doubt or running. */
    prune(limits: {
        readonly retentionMs: number;
        readonly tombstoneMs: number;
    }, options?: Within): Promise<Pruned>;
    close(): Promise<void>;
};
/** What every store can be told. */
export type StoreOptions = {
    /** @default this process */
    readonly owner?: Owner | undefined;
    /** Wall clock in milliseconds. @default Date.now */
    readonly clock?: (() => number) | undefined;
    /** @default looks the process up on this machine */
    readonly liveness?: ((owner: Owner) => Liveness) | undefined;
    /** Above it a value is not kept, and the record says `too_large`. @default 1048576 */
    readonly maxValueBytes?: number | undefined;
};

// dist/ledger/events.d.ts
import type { Liveness, Owner } from "./owner.ts";
import type { Attempt, AttemptEnd, AttemptNote, Claim, Effects, Operation, Resolution, StoredValue } from "./state.ts";
/** What a call asks of the ledger before it may begin. */
export type ClaimRequest = {
    readonly name: string;
    readonly key: string;
    /** One per call, the same for all its attempts. */
    readonly callId: string;
    readonly fingerprint: string;
    readonly effects: Effects;
    /** How long the claim holds without a heartbeat, in milliseconds. */
    readonly leaseMs: number;
};
export type ClaimEvent = ClaimRequest & {
    readonly owner: Owner;
};
/** The ledger's answer to a claim. Only `proceed` and `probe` come with the right to write. */
export type ClaimAnswer = 
/** Start an attempt. `previous` is what the ledger knew of the key before, when it knew something. */
{
    readonly kind: "proceed";
    readonly claim: Claim;
    readonly attempt: number;
    readonly previous?: Operation | undefined;
}
/** Look whether the effect exists, then report with `probed`. Nobody else may meanwhile. */
 | {
    readonly kind: "probe";
    readonly claim: Claim;
    readonly record: Operation;
}
/** It succeeded before. `record.value` says whether the value was kept. */
 | {
    readonly kind: "replayed";
    readonly record: Operation;
}
/** Somebody else holds it; worth asking again after `retryAfterMs`. */
 | {
    readonly kind: "in_progress";
    readonly retryAfterMs: number;
    readonly owner: Owner;
    readonly record: Operation;
}
/** It may have happened and nobody can look: an operator has to resolve it. */
 | {
    readonly kind: "in_doubt";
    readonly record: Operation;
}
/** The key stands for another input. */
 | {
    readonly kind: "key_conflict";
    readonly record: Operation;
};
/** How an attempt ended, as a verdict. `details` is JSON text that comes back with a replay. */
export type Settlement = {
    readonly state: "succeeded";
    readonly end: AttemptEnd & {
        readonly effect: "completed";
    };
    readonly value: StoredValue;
    readonly details?: string | undefined;
} | {
    readonly state: "failed";
    readonly end: AttemptEnd & {
        readonly code: string;
    };
};
export type SettleAnswer = {
    readonly kind: "settled";
    readonly record: Operation;
}
/** The newest attempt reported after it had been given up, and its report decided the operation. */
 | {
    readonly kind: "settled_late";
    readonly record: Operation;
}
/** Kept as a late attempt; it changed nothing that was known, or put the operation in doubt. */
 | {
    readonly kind: "late";
    readonly doubleEffect: boolean;
    readonly record: Operation;
};
export type ProbeAnswer = "present" | "absent" | "unknown";
export type ProbedAnswer = {
    readonly kind: "recovered";
    readonly record: Operation;
} | {
    readonly kind: "proceed";
    readonly claim: Claim;
    readonly attempt: number;
    readonly previous: Operation;
} | {
    readonly kind: "in_doubt";
    readonly record: Operation;
};
/** A person's answer to "did it happen?". `by` and `why` are kept. */
export type Verdict = {
    readonly as: "done" | "absent";
    readonly by: string;
    readonly why: string;
};
export type ResolveAnswer = {
    readonly kind: "resolved";
    readonly record: Operation;
} | {
    readonly kind: "not_in_doubt";
    readonly record: Operation;
} | {
    readonly kind: "in_progress";
    readonly record: Operation;
};
/** The claim is not the newest any more, or the operation is not in a state where this can be written. */
export type Lost = {
    readonly kind: "lost";
    readonly record: Operation | undefined;
};
/** A line for the append-only history of an operation. */
export type LogEntry = {
    readonly kind: "attempt_started";
    readonly attempt: Attempt;
}
/** Fills in the end of a started attempt, once. */
 | {
    readonly kind: "attempt_ended";
    readonly fence: number;
    readonly end: AttemptEnd;
    readonly at: number;
}
/** What was learnt of a running attempt, such as the id of its process. */
 | {
    readonly kind: "attempt_noted";
    readonly fence: number;
    readonly note: AttemptNote;
} | {
    readonly kind: "late_result";
    readonly fence: number;
    readonly end: AttemptEnd;
    readonly at: number;
} | {
    readonly kind: "resolution";
    readonly resolution: Resolution;
};
/** What a transition decides: an answer, the new row if it changed, and what to append. */
export type Step<Answer> = {
    readonly answer: Answer;
    readonly row?: Operation | undefined;
    readonly log: readonly LogEntry[];
};
/** What a transition may know of the world. */
export type Moment = {
    /** Wall clock in milliseconds: the ledger's clock, which for a database is the database's. */
    readonly now: number;
    /** Asked only about the owner of the row. */
    readonly liveness: (owner: Owner, claim: Claim) => Liveness;
    /** The highest fence of any row that was deleted, so that a fence is never used twice for a key. */
    readonly fenceFloor: number;
};

// dist/ledger/owner.d.ts
/** The process that holds a claim, named so that another process can tell whether it still exists. */
export type Owner = {
    readonly host: string;
    /** Changes with every boot of the machine; `""` when it cannot be known. */
    readonly bootId: string;
    /** Two containers on one machine share a boot id but not their pids. */
    readonly pidSpace: string;
    readonly pid: number;
    /** Start time in clock ticks since boot; `""` when it cannot be known. */
    readonly pidStart: string;
    /** Random, one per process or worker thread. */
    readonly id: string;
};
/**
 * Whether an owner still exists. It proves nothing about the effect: a dead owner may have had it.
 * `dead` is only ever said of an owner on this machine, in this boot and this pid namespace.
 */
export type Liveness = "alive" | "dead" | "unknown";
/** This process as an owner. */
export declare function currentOwner(): Owner;
export declare function isOwnerAlive(owner: Owner): Liveness;

// dist/ledger/state.d.ts
import type { Effect, Effects } from "../call/words.ts";
import type { Owner } from "./owner.ts";
export type { Effect, Effects };
/** Where an operation stands. An operation the ledger has no row for is simply absent. */
export type OperationState = "reserved" | "started" | "succeeded" | "failed" | "in_doubt";
/** Who brought an operation to its end. */
export type SettledBy = "attempt" | "late" | "probe" | "operator";
/** What became of the value of a success. Every way of not keeping it has its own name. */
export type StoredValue = 
/** No value was ever reported: not ended yet, recovered by a probe, or resolved by an operator. */
{
    readonly kept: "none";
}
/** The value itself, as JSON; no `json` means the value was `undefined`. */
 | {
    readonly kept: "value";
    readonly json?: string | undefined;
    readonly bytes: number;
    readonly sha256: string;
}
/** The caller asked for `store: "hash"`. */
 | {
    readonly kept: "hash";
    readonly bytes: number;
    readonly sha256: string;
}
/** The JSON was longer than the ledger's limit. */
 | {
    readonly kept: "too_large";
    readonly bytes: number;
    readonly sha256: string;
}
/** JSON would have changed it; `reason` says where and why. */
 | {
    readonly kept: "not_json";
    readonly reason: string;
}
/** It was kept once and its retention is over. */
 | {
    readonly kept: "pruned";
};
/** One operation: everything the ledger knows of a (name, key). Instants are wall-clock milliseconds. */
export type Operation = {
    /** The name of the call; keys of two calls never meet. */
    readonly name: string;
    readonly key: string;
    /** The call that claimed it last. */
    readonly callId: string;
    readonly fingerprint: string;
    readonly effects: Effects;
    readonly state: OperationState;
    /** Grows by one at each takeover; a write under an older fence is refused. */
    readonly fence: number;
    /** The fence of the newest attempt that started; 0 when none did. */
    readonly attemptFence: number;
    /** The fence of the oldest attempt whose effect nobody knows; 0 when there is none. */
    readonly doubtFence: number;
    /** How many attempts have started. */
    readonly attempts: number;
    /** Somebody is looking whether the effect exists; only in `in_doubt`. */
    readonly probing: boolean;
    readonly owner: Owner;
    /** Never absent: a hold without an end would wedge its key for good. */
    readonly leaseUntil: number;
    readonly leaseMs: number;
    readonly createdAt: number;
    readonly startedAt?: number | undefined;
    readonly settledAt?: number | undefined;
    readonly effect: Effect;
    readonly code?: string | undefined;
    readonly settledBy?: SettledBy | undefined;
    readonly value: StoredValue;
    /** JSON text the caller wants back with a replay (contract verdict, cost, session). */
    readonly details?: string | undefined;
    /** When retention ended; what is left is a tombstone, so that a late retry is reported and not run. */
    readonly prunedAt?: number | undefined;
};
/** The right to write to one operation, for as long as `fence` is its newest. */
export type Claim = {
    readonly name: string;
    readonly key: string;
    readonly fence: number;
};
/** What identifies what an attempt started, so that a later host can find and end it. */
export type AttemptNote = {
    /** The process the attempt started, not the one that owns the claim. */
    readonly pid?: number | undefined;
    /** Its start time in clock ticks since boot (field 22 of /proc/pid/stat): a pid alone is reused. */
    readonly pidStart?: string | undefined;
    /** The value of the cookie in its environment. */
    readonly cookie?: string | undefined;
    /** The id of a remote job, made before it is sent. */
    readonly externalRef?: string | undefined;
};
/** How an attempt ended. */
export type AttemptEnd = {
    /** Why it failed, e.g. `timeout`; absent for a success. */
    readonly code?: string | undefined;
    readonly effect: Effect;
    readonly exitCode?: number | undefined;
    readonly signal?: string | undefined;
    readonly stderrTail?: string | undefined;
    readonly stdoutBytes?: number | undefined;
    readonly stdoutSha256?: string | undefined;
    /** Milliseconds on a monotonic clock. */
    readonly durationMs?: number | undefined;
};
/** One attempt as the ledger keeps it. A late result is a row of its own; nothing is overwritten. */
export type Attempt = AttemptNote & Partial<AttemptEnd> & {
    readonly fence: number;
    readonly callId: string;
    readonly fingerprint: string;
    readonly owner: Owner;
    readonly startedAt: number;
    readonly endedAt?: number | undefined;
    /** The result came after its owner had lost the operation, or after the attempt had been given up. */
    readonly late: boolean;
};
/** An answer to "did it happen?", by a probe or by a person. Kept. */
export type Resolution = {
    readonly at: number;
    readonly fence: number;
    readonly answer: "present" | "absent" | "unknown";
    /** `probe`, or the name the operator gave. */
    readonly by: string;
    readonly why: string;
};
/** `code` of an attempt whose owner went away without reporting a result. */
export declare const OWNER_LOST = "owner_lost";
/** When an operation last changed state. */
export declare function changedAt({ createdAt, startedAt, settledAt }: Operation): number;

// dist/ledger/value.d.ts
import type { StoredValue } from "./state.ts";
/** Whether the result itself is kept, or only its hash and size. */
export type StorePolicy = "value" | "hash";
/** 1 MiB: above it a ledger becomes a file store, and every replay a long synchronous read. */
export declare const DEFAULT_MAX_VALUE_BYTES: number;
/**
 * What the ledger keeps of a result. Never throws: the effect has happened, and a result that cannot be kept
 * must not turn a success into a failure. The reason it was not kept is part of the answer.
 */
export declare function keepValue(value: unknown, store: StorePolicy, maxBytes: number): StoredValue;
/** The kept value, as the first caller got it. */
export declare function readValue(stored: StoredValue & {
    readonly kept: "value";
}): unknown;

// dist/call/contract.d.ts
import type { Callee } from "../callees/callee.ts";
import type { Limits } from "./deadline.ts";
import type { KeyPart } from "../ledger/key.ts";
import { type Duration } from "./duration.ts";
import type { RetryOptions, RetryPolicy } from "./retry.ts";
import { type StandardSchema } from "./standard-schema.ts";
import type { Evidence } from "./verdict.ts";
import type { Effects, ProbeAnswer } from "./words.ts";
/** One duration for the whole call, or a limit for each. */
export type Timeout = Duration | {
    /** From the call to its end, every attempt and every wait included. */
    readonly total: Duration;
    /** From one start of the callee to its end. */
    readonly attempt?: Duration | undefined;
    /** Without a sign of life: a byte of output, an event, a change of state. */
    readonly idle?: Duration | undefined;
};
/** A key, or its parts, which are joined so that no two lists make the same key. */
export type KeyParts = string | readonly KeyPart[];
/** The contract as its checks see it; `defineCall` has the typed form. */
export interface ContractOptions {
    readonly name: string;
    readonly callee: Callee<never, unknown>;
    readonly timeout: Timeout;
    readonly effects: Effects;
    readonly key?: ((input: never) => KeyParts) | undefined;
    readonly probe?: ((input: never, context: never) => ProbeAnswer | Promise<ProbeAnswer>) | undefined;
    readonly output?: StandardSchema | undefined;
    readonly evidence?: readonly Evidence<never>[] | undefined;
    readonly retry?: RetryOptions | undefined;
    readonly ledger?: unknown;
    readonly store?: unknown;
    readonly onInProgress?: unknown;
}
/** The limits and the retry policy that hold for one call, environment applied. */
export interface Terms {
    readonly limits: Limits;
    readonly retry: RetryPolicy;
}
/**
 * Checks the whole definition and says everything that is wrong with it at once.
 *
 * @throws ConfigError `invalid_config`
 */
export declare function checkContract(options: ContractOptions): void;
/**
 * The limits and the retry policy, with what the environment says of them. It tunes, but cannot take a limit away.
 *
 * @throws ConfigError `invalid_config`, naming the variable
 */
export declare function termsOf(options: ContractOptions, env: NodeJS.ProcessEnv): Terms;

// dist/call/deadline.d.ts
/** Why an attempt was stopped from outside. The first one stands, whatever comes after it. */
export type StopCause = {
    readonly code: "timeout";
    readonly limit: "total" | "attempt";
    readonly limitMs: number;
} | {
    readonly code: "idle_timeout";
    readonly limitMs: number;
} | {
    readonly code: "cancelled";
    readonly reason: unknown;
};
/** The time limits of a call in milliseconds. */
export interface Limits {
    readonly totalMs: number;
    readonly attemptMs: number | undefined;
    readonly idleMs: number | undefined;
}
/**
 * The clock of one attempt. `signal` aborts when the total, attempt or idle limit is over or the caller cancels;
 * `cause` then says which came first. Reads the monotonic clock, so a change of the wall clock moves nothing.
 */
export declare class Deadline {
    #private;
    constructor(limits: Limits, totalEndsAt: number, callerSignal: AbortSignal | undefined);
    /** Aborts, with the `StopCause` as its reason, when the callee must stop. */
    get signal(): AbortSignal;
    get cause(): StopCause | undefined;
    /** The callee showed life: the idle limit starts anew. */
    activity(): void;
    /** The callee has ended by itself: whatever limit runs out from now on is no longer the cause. */
    ended(): void;
    dispose(): void;
}
/** What a stop cause is called in a message: "timed out after 5 min (limit of one attempt)". */
export declare function describeStop(cause: StopCause): string;

// dist/ledger/key.d.ts
/** What a key can be made of. Numbers and their text give the same key: `42` and `"42"` name one thing. */
export type KeyPart = string | number | bigint | boolean | Date;
/**
 * Makes a key a person can read: parts joined by `/`, with `/`, `%`, `~` and control characters inside a part
 * percent-encoded, so that `["a", "b/c"]` and `["a/b", "c"]` differ. A key longer than 1024 characters becomes
 * its beginning, `~` and its SHA-256.
 *
 * @throws LedgerError `invalid_config` for a part that is blank, missing, not finite, or the hash of nothing.
 * @example keyFor("alpine-lodge", "2026-11-20T18:00") // "alpine-lodge/2026-11-20T18:00"
 */
export declare function keyFor(...parts: readonly KeyPart[]): string;
/**
 * Checks a key that was given whole and returns it unchanged.
 *
 * @throws LedgerError `invalid_config` for a key that is blank, longer than 1024 characters, the hash of nothing,
 * or holds control characters (an environment variable could not carry it).
 */
export declare function checkKey(key: string): string;
/** A key as callers give it: whole, or as parts. */
export declare function toKey(key: string | readonly KeyPart[]): string;

// dist/call/retry.d.ts
import type { Failure } from "../callees/callee.ts";
import type { Duration } from "./duration.ts";
import type { Effects } from "./words.ts";
export interface RetryOptions {
    /** How often the callee may be started in all, the first time included. */
    readonly attempts: number;
    /** The first wait is somewhere between 0 and this; it doubles each time. @default "1s" */
    readonly baseDelay?: Duration | undefined;
    /** The longest wait. @default "30s" */
    readonly maxDelay?: Duration | undefined;
    /** No attempt starts with less time left than this. @default a tenth of the attempt limit (of the total without one) */
    readonly minAttempt?: Duration | undefined;
    /**
     * Tells the next attempt of a claude call what was wrong with the output of this one; `"resume"` does so in the same session.
     *
     * @default false
     */
    readonly feedback?: boolean | "resume" | undefined;
}
/** Retry options with every duration in milliseconds. */
export interface RetryPolicy {
    readonly attempts: number;
    readonly baseDelayMs: number;
    readonly maxDelayMs: number;
    readonly minAttemptMs: number;
    readonly feedback: boolean | "resume";
}
/** What may follow a failed attempt as far as the world is concerned; time and the number of attempts are apart. */
export type Permission = 
/** A repeat does no harm. */
"again"
/** Only when the probe finds the effect absent. */
 | "probe"
/** Not by itself; a next call with the same key may. */
 | "next_call"
/** Nobody knows what a repeat would do. */
 | "stop";
/** Effects × what is known. The table of the README, as a function. */
export declare function mayFollow(effects: Effects, hasKey: boolean, failure: Pick<Failure, "effect">): Permission;
/** Whether a new call with the same input is safe and could end better. */
export declare function isRetryable(effects: Effects, hasKey: boolean, failure: Pick<Failure, "effect" | "code">): boolean;
export type RetryDecision = {
    readonly again: true;
    readonly delayMs: number;
    readonly probe: boolean;
} | {
    readonly again: false;
};
/** Whether and when the runtime starts the callee once more. `random` is in [0, 1). */
export declare function decideRetry(of: {
    readonly failure: Failure;
    readonly effects: Effects;
    readonly hasKey: boolean;
    readonly policy: RetryPolicy;
    /** Attempts made so far. */
    readonly attempt: number;
    readonly remainingMs: number;
    readonly random: number;
}): RetryDecision;
/** Full jitter: anywhere between 0 and a bound that doubles (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export declare function backoffMs(policy: Pick<RetryPolicy, "baseDelayMs" | "maxDelayMs">, attempt: number, random: number): number;

// dist/call/verdict.d.ts
import type { Failure, Report } from "../callees/callee.ts";
import { type StopCause } from "./deadline.ts";
import { type SchemaIssue, type StandardSchema } from "./standard-schema.ts";
/** Looks for an artifact of a call that says it is done. Falsy, or a throw, means that it is not there. */
export type Evidence<Value> = (value: Value, context: {
    readonly signal: AbortSignal;
    readonly callId: string;
}) => unknown;
/** What one attempt came to. */
export type Verdict<Value> = {
    readonly ok: true;
    readonly value: Value;
} | {
    readonly ok: false;
    readonly failure: Failure;
    readonly issues?: readonly SchemaIssue[];
};
/**
 * Cause first: a callee that was told to stop has not succeeded, whatever it exits with (a child that traps SIGTERM and
 * exits 0 late has timed out). Then its own failure, then its output.
 */
export declare function judge<Value>(report: Report<unknown, object>, cause: StopCause | undefined, output: StandardSchema | undefined): Promise<Verdict<Value>>;
/** Looks for every piece of evidence in turn; the first that is missing decides. */
export declare function lookForEvidence<Value>(evidence: readonly Evidence<Value>[], value: Value, context: {
    readonly signal: AbortSignal;
    readonly callId: string;
}): Promise<Failure | undefined>;
/** The failure of a text output that holds nothing, if it does. */
export declare function blankFailure(text: string, did?: string): Failure | undefined;

// dist/call/errors.d.ts
import type { AttemptRecord, CallFacts } from "./result.ts";
import type { Effect, ErrorCode } from "./words.ts";
/** What a `CallError` carries beyond the facts of the call. */
export interface FailureFacts {
    readonly code: ErrorCode;
    readonly retryable: boolean;
    readonly retryAfterMs?: number | undefined;
    readonly effect: Effect;
    /** What came back although the call failed, such as the result of a call whose ledger write failed. */
    readonly value?: unknown;
    readonly cause?: unknown;
}
/**
 * A call that did not end well. It has the facts of a `CallResult` plus `code`, `retryable`, `retryAfterMs?`,
 * `effect` and `cause`. `message` never holds arguments, environment, prompt or output; `stdoutTail`, `stderrTail`
 * and `value` are there but not enumerable, so that a logger that serialises the error does not leak them.
 */
export declare class CallError extends Error {
    readonly callId: string;
    /** The call's name, as on a result; tell errors apart by `code` and `instanceof`. */
    readonly name: string;
    readonly key?: string;
    readonly outcome: "failed" | "in_doubt" | "in_progress";
    readonly attempts: readonly AttemptRecord[];
    readonly totalCostUsd?: number;
    readonly durationMs: number;
    readonly exitCode?: number;
    readonly signal?: NodeJS.Signals;
    readonly stdoutTail: string;
    readonly stderrTail: string;
    readonly stdoutBytes: number;
    readonly stdoutSha256: string;
    readonly code: ErrorCode;
    /** Whether a new call with the same input is safe and could end better. */
    readonly retryable: boolean;
    /** Milliseconds until a new call could succeed, when the callee said so. */
    readonly retryAfterMs?: number;
    readonly effect: Effect;
    readonly value?: unknown;
    readonly replay?: undefined;
    static [Symbol.hasInstance](value: unknown): boolean;
    constructor(message: string, facts: CallFacts & FailureFacts & {
        outcome: CallError["outcome"];
    });
}
/** A definition, option, key or environment variable that cannot be right. Nothing was started. */
export declare class ConfigError extends CallError {
    /** Every problem found, a sentence each. */
    readonly problems: readonly string[];
    constructor(callName: string, problems: readonly string[]);
}
/** SHA-256 of zero bytes: what every blank output hashes to. */
export declare const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// dist/call/result.d.ts
import type { CallError } from "./errors.ts";
import type { Effect, ErrorCode, Outcome } from "./words.ts";
/** One start of the callee, as it went. */
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
}
/** Of a call that was not executed anew: what the ledger knows of the one that was. */
export interface Replay {
    /** The call that succeeded, or was found to have succeeded. */
    readonly callId: string;
    /** Milliseconds since it was settled, on the wall clock. */
    readonly ageMs: number;
    /**
     * Whether its value is here: `"value"`; or why it is not: `"hash"` (`store: "hash"`), `"too_large"`, `"not_json"`, `"pruned"`,
     * `"none"` (it was found by a probe, or resolved by an operator).
     */
    readonly valueKept: "value" | "hash" | "too_large" | "not_json" | "pruned" | "none";
    /** Who brought it to its end. */
    readonly settledBy: "attempt" | "late" | "probe" | "operator";
}
/** What a `CallResult` and a `CallError` both tell. */
export interface CallFacts {
    readonly callId: string;
    readonly name: string;
    readonly key?: string | undefined;
    readonly outcome: Outcome;
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
    /** Of a call that was replayed or recovered. */
    readonly replay?: Replay | undefined;
}
/** A call whose contract held. `Details` are the callee's own facts, such as claude's `sessionId` and `costUsd`. */
export type CallResult<Value, Details extends object = object> = CallFacts & {
    readonly outcome: "executed";
    readonly value: Value;
} & Details;
/**
 * A call with a key whose contract held. One that was not executed anew has its value only if the ledger kept it:
 * `replay.valueKept` tells.
 */
export type KeyedResult<Value, Details extends object = object> = CallResult<Value, Details> | (CallFacts & {
    readonly outcome: "replayed" | "recovered";
    readonly value: Value | undefined;
    readonly replay: Replay;
} & Partial<Details>);
/** What `settle` returns; `outcome` tells which. */
export type Settled<Value, Details extends object = object> = KeyedResult<Value, Details> | CallError;
/** Builds a result whose tails do not show when it is logged or spread. */
export declare function makeResult<Value, Details extends object>(facts: CallFacts & {
    readonly outcome: "executed" | "replayed" | "recovered";
}, value: Value, details: Details): KeyedResult<Value, Details>;
/** Everything an outcome knows as one JSON-ready object, tails included: for an outcome file, never for a log. */
export declare function describeOutcome(settled: Settled<unknown>): Record<string, unknown>;

// dist/call/invocation.d.ts
import type { AttemptContext, Callee } from "../callees/callee.ts";
import type { LedgerStore } from "../ledger/store.ts";
import type { StorePolicy } from "../ledger/value.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Evidence } from "./verdict.ts";
import type { Effects, ProbeAnswer } from "./words.ts";
/** Looks whether the effect of a call exists. */
export type Probe<Input> = (input: Input, context: Pick<AttemptContext, "signal" | "callId"> & {
    readonly key: string;
}) => ProbeAnswer | Promise<ProbeAnswer>;
/** A definition that has been checked, as the pipeline uses it. */
export interface Definition<Input, Value, Details extends object> {
    readonly name: string;
    readonly callee: Callee<Input, unknown, Details>;
    readonly effects: Effects;
    readonly probe: Probe<Input> | undefined;
    readonly output: StandardSchema | undefined;
    readonly evidence: readonly Evidence<Value>[];
    readonly ledger: LedgerStore | string | undefined;
    readonly store: StorePolicy;
    readonly onInProgress: "fail" | "wait";
}
/** One use of a definition. */
export interface Invocation<Input> {
    readonly input: Input;
    readonly key: string | undefined;
    readonly signal: AbortSignal | undefined;
}

// dist/call/run-once.d.ts
import type { ClaudeOptions } from "../callees/claude/arguments.ts";
import { type ClaudeDetails, type ClaudeInput } from "../callees/claude/claude.ts";
import { type CommandOptions } from "../callees/command.ts";
import type { Timeout } from "./contract.ts";
import type { CallResult } from "./result.ts";
/** What a one-off call needs beyond its callee's own options. */
export interface OnceOptions {
    readonly timeout: Timeout;
    readonly signal?: AbortSignal | undefined;
    /** @default made of the command's name */
    readonly name?: string | undefined;
}
export type RunCommandOptions = OnceOptions & CommandOptions<void>;
/**
 * Runs a command once. It is never tried again.
 *
 * @example
 * const { value } = await runCommand("pg_dump", ["prod"], { timeout: "1h" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export declare function runCommand(file: string, args: readonly string[], { timeout, signal, name, ...options }: RunCommandOptions): Promise<CallResult<string>>;
export type RunClaudeOptions = OnceOptions & ClaudeOptions;
/**
 * Asks claude once. It is never tried again.
 *
 * @example
 * const { value } = await runClaude("Write the post", { timeout: "10m" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export declare function runClaude(input: ClaudeInput, { timeout, signal, name, ...options }: RunClaudeOptions): Promise<CallResult<string, ClaudeDetails>>;
/** A call's name from a command's: `pg_dump` gives `pg-dump`. */
export declare function nameOf(file: unknown): string;

// dist/ledger/open-ledger.d.ts
import type { LedgerStore } from "./store.ts";
/**
 * Opens a ledger to look at, to resolve, or to hand to `defineCall`. Without a path: the embedded one (`HARDCALL_LEDGER`, else
 * `$XDG_STATE_HOME/hardcall/ledger.db`). There is one connection per file and process.
 *
 * @example
 * const ledger = await openLedger();
 * const open = await ledger.list({ state: "in_doubt" });
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export declare function openLedger(path?: string): Promise<LedgerStore>;
