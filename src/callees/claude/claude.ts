import { optionName } from "../../core/wording.ts";
import { errorName } from "../../core/failure.ts";
import { readOptions } from "../../core/options.ts";
import type { StandardSchema } from "../../core/standard-schema.ts";
import { processParts } from "../subprocess/fingerprint.ts";
import { commandLineProblems } from "../../process/preflight.ts";
import { processReport, spawnFailure } from "../subprocess/failure.ts";
import {
  childEnv,
  executableOf,
  loadRunProcess,
  processSettings,
  safeListener,
  type ProcessSettings,
} from "../subprocess/options.ts";
import { cookieOf } from "../../core/cookie.ts";
import { DRAIN_GRACE_MS } from "../../process/process-spec.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import type { ProcessControls } from "../../process/process-spec.ts";
import type { AttemptContext, Callee, Report } from "../../core/callee.ts";
import { answerOf, askForMarker, makeMarker, tellFeedback } from "./answer.ts";
import {
  answerParts,
  CLAUDE_OPTIONS,
  claudeArguments,
  jsonSchemaOf,
  type ClaudeOptions,
} from "./arguments.ts";
import type { ClaudeDetails } from "./details.ts";
import type { ClaudeEvent } from "./events.ts";
import { LineReader } from "./lines.ts";
import { Transcript } from "./transcript.ts";
import { runFailure } from "./run-failure.ts";

export type ClaudeInput =
  | string
  | {
      readonly prompt: string;
      /** The id of a session to continue. */
      readonly resume?: string | undefined;
    };

/** The CLI refuses more than this on stdin (Claude Code documentation, "Run Claude Code programmatically"). */
const MAX_PROMPT_BYTES = 10 * 1024 * 1024;
/** How long claude may take to exit after its result; then hardcall ends it. */
const RESULT_GRACE_MS = 5000;

/**
 * `claude -p` as a callee. Its `value` is the text of the answer, or, with `output`, the validated structured answer.
 *
 * No single signal is reliable: claude 2.1.329 reports errors with `subtype: "success"`, and prints blank answers with exit code 0. So a
 * run counts as a success only if all of these hold: exit code 0; exactly one main result; the result is no error, no refusal and not cut
 * off; its text is not blank; no permission was denied. Everything else fails with its own `code`.
 *
 * @example
 * const { value, costUsd } = await defineCall({ name: "draft", callee: claude({ tools: [] }), … })("Write the post");
 */
export function claude(given: ClaudeOptions = {}): Callee<ClaudeInput, string, ClaudeDetails> {
  const problems: string[] = [];
  const options = readOptions<ClaudeOptions>(given, CLAUDE_OPTIONS, problems);
  const settings = processSettings(options, problems);
  const { claudePath = "claude", cwd, env, permissionDenials = "fail" } = options;
  problems.push(
    ...commandLineProblems({
      file: claudePath,
      args: claudeArguments(options, undefined, undefined),
      cwd,
      env,
    }),
  );
  const { model, resume, permissionMode } = options;
  problems.push(
    ...blankProblems({
      [optionName("model")]: model,
      [optionName("resume")]: resume,
      [optionName("permissionMode")]: permissionMode,
    }),
  );
  if (permissionDenials !== "fail" && permissionDenials !== "allow") {
    problems.push(`${optionName("permissionDenials")} must be "fail" or "allow"`);
  }
  return {
    kind: "claude",
    answerDetails: ["text", "structured", "permissionDenials"],
    telemetry: { executable: executableOf(claudePath), requestModel: options.model },
    problems,
    stopMs: settings.killGraceMs + DRAIN_GRACE_MS,
    check: (input, { output }) => inputProblems(input, options, output !== undefined),
    checkOutput: schemaProblems,
    fingerprint: (input) => ({
      prompt: promptOf(input),
      model: options.model ?? null,
      tools: options.tools ?? null,
      systemPrompt: options.systemPrompt ?? null,
    }),
    fingerprintParts: (input, { output }) => ({
      ...processParts(claudePath, options),
      ...answerParts(options, sessionOf(input) ?? options.resume, jsonSchemaOf(output)),
      prompt: promptOf(input),
    }),
    run: (input, context) => new ClaudeRun(options, settings, input, context).run(),
  };
}

/** An environment variable that is not set often ends up as a blank option. claude would take it for the name of a model or session. */
const blankProblems = (given: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(given)
    .filter(([, text]) => typeof text === "string" && text.trim() === "")
    .map(([name]) => `${name} is blank; leave it out, or give it a value`);

const promptOf = (input: ClaudeInput) => (typeof input === "string" ? input : input?.prompt);
const sessionOf = (input: ClaudeInput) => (typeof input === "string" ? undefined : input.resume);

function inputProblems(input: ClaudeInput, options: ClaudeOptions, structured: boolean): string[] {
  const prompt: unknown = promptOf(input);
  if (typeof prompt !== "string") return ["the input must be a prompt, or { prompt }"];
  const [blank] = blankProblems({ "the input's resume": sessionOf(input) });
  if (blank !== undefined) return [blank];
  if (typeof input === "object" && input.resume !== undefined && typeof input.resume !== "string")
    return ["resume must be a string"];
  if (prompt.trim() === "") return ["the prompt is blank"];
  const bytes = Buffer.byteLength(prompt);
  if (bytes > MAX_PROMPT_BYTES)
    return [`the prompt has ${bytes} bytes; claude takes at most ${MAX_PROMPT_BYTES}`];
  if (options.marker && structured)
    return [
      `leave out ${optionName("marker")}: with ${optionName("output")} the answer has no last line of text, and its schema finds a cut-off answer`,
    ];
  return [];
}

/** Some schemas cannot be converted to JSON Schema, such as one with a date or a custom check. */
function schemaProblems(output: StandardSchema): string[] {
  try {
    jsonSchemaOf(output);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : errorName(error);
    return [`output cannot be converted to the JSON Schema that claude needs: ${why}`];
  }
}

class ClaudeRun {
  readonly #options: ClaudeOptions;
  readonly #settings: ProcessSettings;
  readonly #input: ClaudeInput;
  readonly #context: AttemptContext;
  readonly #marker: string | undefined;
  readonly #transcript = new Transcript();
  readonly #notes: string[] = [];
  readonly #show: (event: ClaudeEvent) => void;
  #controls: ProcessControls | undefined;
  #afterResult: NodeJS.Timeout | undefined;
  /** Whether the result came before the run had to stop. A result that comes after the stop does not count. */
  #answeredInTime: boolean | undefined;

  constructor(
    options: ClaudeOptions,
    settings: ProcessSettings,
    input: ClaudeInput,
    context: AttemptContext,
  ) {
    this.#options = options;
    this.#settings = settings;
    this.#input = input;
    this.#context = context;
    this.#marker = options.marker ? makeMarker() : undefined;
    this.#show = safeListener("onEvent", options.onEvent, this.#notes);
  }

  async run(): Promise<Report<string, ClaudeDetails>> {
    const { runProcess } = await loadRunProcess();
    const { signal, attempt, callId, output } = this.#context;
    const cookie = cookieOf({ callId, attempt });
    const options = this.#options;
    const lines = new LineReader(this.#settings.maxOutput, (line) => this.#take(line));
    const end = await runProcess(
      {
        file: options.claudePath ?? "claude",
        args: claudeArguments(options, this.#session(), jsonSchemaOf(output)),
        cwd: options.cwd ?? process.cwd(),
        // claude sets CLAUDECODE inside a session, and refuses to start another one where it is set.
        env: childEnv({ CLAUDECODE: undefined, ...options.env }, this.#context, cookie),
        stdin: this.#prompt(),
        cookie,
        keepBytes: 0,
        killGraceMs: this.#settings.killGraceMs,
        leftovers: this.#settings.leftovers,
        onStdout: (chunk, controls) => {
          this.#controls = controls;
          lines.push(chunk);
        },
        onStderr: safeListener("onStderr", options.onStderr, this.#notes),
        onSpawn: ({ pid, startTime }) =>
          this.#context.note({ pid, ...(startTime !== undefined && { pidStart: startTime }) }),
        onExit: () => this.#context.ended(),
      },
      signal,
    );
    clearTimeout(this.#afterResult);
    if (!end.spawned) return { failure: spawnFailure(end.error) };
    lines.end();
    return this.#report(end);
  }

  #session(): string | undefined {
    const before: Partial<ClaudeDetails> | undefined = this.#context.feedback?.resume;
    if (before?.sessionId !== undefined) return before.sessionId;
    return sessionOf(this.#input);
  }

  #prompt(): string {
    const { feedback } = this.#context;
    let prompt = promptOf(this.#input);
    if (feedback !== undefined) prompt = tellFeedback(prompt, feedback.issues);
    return this.#marker === undefined ? prompt : askForMarker(prompt, this.#marker);
  }

  #take(line: string): void {
    const events = this.#transcript.take(line);
    if (events.length === 0) return;
    // Only events are signs of life: a run that hangs may still print other lines.
    this.#context.activity();
    for (const event of events) this.#show(event);
    if (this.#transcript.result === undefined) return;
    this.#answeredInTime ??= !this.#context.signal.aborted;
    clearTimeout(this.#afterResult);
    this.#afterResult = setTimeout(() => {
      this.#notes.push(
        `claude was still running ${RESULT_GRACE_MS / 1000} s after its result; hardcall ended it`,
      );
      this.#controls?.finish();
    }, RESULT_GRACE_MS);
  }

  #report(end: FinishedProcess): Report<string, ClaudeDetails> {
    const { result } = this.#transcript;
    const base = processReport(end);
    const stoppedAfterResult = this.#context.signal.aborted && this.#answeredInTime === true;
    if (stoppedAfterResult)
      this.#notes.push(
        "claude was still running after its result when the call had to stop; hardcall ended it",
      );
    const report = {
      ...base,
      notes: [...(base.notes ?? []), ...this.#notes],
      costUsd: result?.costUsd,
      completedDespiteAbort: stoppedAfterResult,
    };
    const failure = runFailure(end, this.#transcript, {
      stderr: report.stderrTail ?? "",
      stoppedAfterResult,
      maxOutput: this.#settings.maxOutput,
      denialsFail: this.#options.permissionDenials !== "allow",
    });
    if (failure !== undefined || result === undefined) return { ...report, failure };
    const structured = this.#context.output !== undefined;
    return { ...report, ...answerOf(result, this.#transcript, { marker: this.#marker, structured }) };
  }
}
