import type { AttemptContext, Report } from "../../core/callee.ts";
import { cookieOf } from "../../core/cookie.ts";
import type { ProcessControls } from "../../process/process-spec.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import { processReport, spawnFailure } from "../subprocess/failure.ts";
import { childEnv, loadRunProcess, safeListener, type ProcessSettings } from "../subprocess/options.ts";
import { answerOf, askForMarker, makeMarker, tellFeedback } from "./answer.ts";
import { claudeArguments, jsonSchemaOf, type ClaudeOptions } from "./arguments.ts";
import type { ClaudeDetails } from "./details.ts";
import type { ClaudeEvent } from "./events.ts";
import { promptOf, sessionOf, type ClaudeInput } from "./input.ts";
import { LineReader } from "./lines.ts";
import { runFailure } from "./run-failure.ts";
import { Transcript } from "./transcript.ts";

/** How long claude may take to exit after its result; then hardcall ends it. */
const RESULT_GRACE_MS = 5000;

/** One run of claude: starts the process, reads its events and judges its result. */
export class ClaudeRun {
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
        lease: this.#context.lease,
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
      costUsd: this.#transcript.costUsd,
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
