import type { Failure, Report } from "../../core/callee.ts";
import type { AgentKind } from "../../core/callee-kind.ts";
import type { Kinds } from "../../core/options.ts";
import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import type { AgentDetails } from "./details.ts";
import type { PromptLimit } from "./input.ts";
import type { Marker } from "./marker.ts";
import type { AgentOptions } from "./options.ts";

/** What one kind of agent adds to what all share. Loaded with the package, so it holds no more than a definition needs. */
export interface Agent<Event, Options extends AgentOptions<Event>, Details extends AgentDetails> {
  readonly kind: AgentKind;
  readonly options: Kinds<Options>;
  /** The options of other agents that it has not, each with the reason and the alternative; the sentence goes on after "…: ". */
  readonly cannot: Readonly<Record<string, string>>;
  readonly promptLimit: PromptLimit;
  /** Whether an answer with a schema can hold the lines of a marker. */
  readonly markerWithOutput: boolean;
  /** Names of its details that hold the answer, beside those of all agents. */
  readonly answerDetails?: readonly string[] | undefined;
  readonly reportsCost: boolean;
  executable(options: Options): string;
  /** The most that one attempt may cost, in US dollars. */
  maxCostUsd?(options: Options): number | undefined;
  /** The arguments that the definition alone decides, to be checked before anything starts. */
  arguments(options: Options): readonly string[];
  /** What is wrong with its own options, a sentence without full stop each. */
  problems?(options: Options): readonly string[];
  /** What is wrong with an input, beside what is checked for all; a sentence without full stop each. */
  inputProblems?(
    options: Options,
    asked: { readonly prompt: string; readonly resume: string | undefined },
  ): readonly string[];
  /** The options that change the answer, as parts of the fingerprint. Limits and checks decide whether there is an answer, not which one. */
  answerParts(
    options: Options,
    asked: { readonly resume: string | undefined; readonly schema: string | undefined },
  ): FingerprintParts;
  /** What ledgers from before the parts have of it; only claude is that old. */
  fingerprint?(prompt: string, options: Options): unknown;
  /** Loads the rest at the first call, so that a program that only defines a call does not pay for it. */
  load(): Promise<AgentRunMaker<Event, Options, Details>>;
}

/** What makes the runs of one kind of agent. */
export interface AgentRunMaker<Event, Options, Details extends AgentDetails> {
  /** A rejection means that nothing has started: the attempt fails with `spawn_failed`. */
  prepare(asked: AskedRun<Options>): AgentRunParts<Event, Details> | Promise<AgentRunParts<Event, Details>>;
  makeMarker(): Marker;
}

/** What one run is asked for. */
export interface AskedRun<Options> {
  readonly options: Options;
  /** With the feedback on an earlier answer, and without the request for a marker. */
  readonly prompt: string;
  /** The session to continue: of the attempt before, else of the input, else of the options. */
  readonly resume: string | undefined;
  /** The contract has a schema. It may be one that cannot be shown to the agent: then `schema` is absent. */
  readonly structured: boolean;
  /** The contract's schema as JSON Schema text. */
  readonly schema: string | undefined;
  readonly marker: Marker | undefined;
}

/** What one kind of agent adds to one run. */
export interface AgentRunParts<Event, Details extends AgentDetails> {
  readonly args: readonly string[];
  /** Variables for the process; `undefined` removes one. The caller's own `env` comes after them. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly stdin: string;
  readonly transcript: AgentTranscript<Event>;
  /** Runs once after the end, before the verdict: reads what the agent told elsewhere. Must not reject. */
  ended?(): Promise<void>;
  /** Why the run is no success. */
  verdict(end: FinishedProcess, facts: RunFacts): Failure | undefined;
  /** The answer of a run without failure, or why it has none. */
  answer(): Partial<Report<string, Details>>;
  /** Runs once, after the end or after a start that failed. Must not throw. */
  dispose?(): void | Promise<void>;
}

/** The facts of a run's output that its verdict needs. */
export interface AgentTranscript<Event> {
  /** @returns the events of the line; none if it is no event */
  take(line: string): readonly Event[];
  /** Sees all of stderr, in chunks that may end within a line. */
  takeStderr?(chunk: Buffer): SeenStderr;
  /** The rest of stderr that is to be shown, once it has ended. */
  endStderr?(): Buffer;
  /** Whether an event is a sign of life, which starts the idle limit again. @default true */
  isSignOfLife?(event: Event): boolean;
  /** The final event has come: the process has a few seconds left to exit. False again if another turn begins. */
  readonly answered: boolean;
  /** The run must end at once, such as one that does something else than it was asked for. */
  readonly abandoned?: boolean;
  /** US dollars so far. */
  readonly costUsd?: number | undefined;
  /** What a reader of the report should know, whether the run succeeded or not. Without prompt and output. */
  readonly notes?: readonly string[] | undefined;
}

/** What a transcript makes of a chunk of stderr. */
export interface SeenStderr {
  /** What the caller sees of it, and what the report's tail is made of: an agent's log that hardcall asked for is left out. */
  readonly shown: Buffer;
  /** Whether it starts the idle limit again. */
  readonly isSignOfLife: boolean;
}

/** What a verdict knows of a run beside its events and its end. */
export interface RunFacts {
  /** The tail of stderr. */
  readonly stderr: string;
  /** The answer came before the run had to stop, so the exit code means nothing. */
  readonly stoppedAfterResult: boolean;
  /** Bytes. */
  readonly maxOutput: number;
  readonly denialsFail: boolean;
}
