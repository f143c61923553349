import type { AttemptContext, Failure, Report } from "../../core/callee.ts";
import { cookieOf } from "../../core/cookie.ts";
import { errorName } from "../../core/failure.ts";
import { STDERR_TAIL_BYTES, type ProcessControls } from "../../process/process-spec.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import { Tail } from "../../process/tail.ts";
import { processReport, spawnFailure } from "../subprocess/failure.ts";
import { childEnv, loadRunProcess, safeListener, type ProcessSettings } from "../subprocess/options.ts";
import type { Agent, AgentRunParts, AskedRun } from "./agent.ts";
import type { AgentDetails } from "./details.ts";
import { tellFeedback } from "./feedback.ts";
import { promptOf, sessionOf, tooLong, type AgentInput } from "./input.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { LineReader } from "./lines.ts";
import type { AgentOptions } from "./options.ts";

/** How long an agent may take to exit after its final event; then hardcall ends it. */
const RESULT_GRACE_MS = 5000;
/** How much later an event may be read than a line of stderr that was printed after it. */
const OTHER_STREAM_MS = 50;

/** One run of an agent: starts the process, reads its events and judges how it ended. */
export async function runAgent<Event, Options extends AgentOptions<Event>, Details extends AgentDetails>(
  agent: Agent<Event, Options, Details>,
  options: Options,
  settings: ProcessSettings,
  input: AgentInput,
  context: AttemptContext,
): Promise<Report<string, Details>> {
  const maker = await agent.load();
  const asked: AskedRun<Options> = {
    options,
    prompt: promptFor(input, context),
    resume: sessionFor(input, options, context),
    structured: context.output !== undefined,
    schema: jsonSchemaOf(context.output),
    marker: options.marker ? maker.makeMarker() : undefined,
  };
  let parts;
  try {
    parts = await maker.prepare(asked);
  } catch (error) {
    return { failure: unprepared(agent.kind, error) };
  }
  try {
    const [long] = tooLong(parts.stdin, agent.kind, agent.promptLimit);
    if (long !== undefined) {
      const message = `could not start: with what hardcall adds to it, ${long}`;
      return { failure: { code: "invalid_request", message, effect: "not_started" } };
    }
    return await new AgentRun(agent, options, settings, context, parts).run();
  } finally {
    await parts.dispose?.();
  }
}

function promptFor(input: AgentInput, { feedback }: AttemptContext): string {
  const prompt = promptOf(input);
  return feedback === undefined ? prompt : tellFeedback(prompt, feedback.issues);
}

function sessionFor(
  input: AgentInput,
  options: AgentOptions<never>,
  { feedback }: AttemptContext,
): string | undefined {
  const before: Partial<AgentDetails> | undefined = feedback?.resume;
  return before?.sessionId ?? sessionOf(input) ?? options.resume;
}

const unprepared = (kind: string, error: unknown): Failure => ({
  code: "spawn_failed",
  message: `could not start: hardcall could not prepare what ${kind} needs: ${errorName(error)}`,
  effect: "not_started",
  advice: "Check the folder for temporary files (TMPDIR, on Windows TEMP): its permissions and its disk.",
  cause: error,
});

class AgentRun<Event, Options extends AgentOptions<Event>, Details extends AgentDetails> {
  readonly #agent: Agent<Event, Options, Details>;
  readonly #options: Options;
  readonly #settings: ProcessSettings;
  readonly #context: AttemptContext;
  readonly #parts: AgentRunParts<Event, Details>;
  readonly #notes: string[] = [];
  readonly #show: (event: Event) => void;
  readonly #showStderr: (chunk: Uint8Array) => void;
  /** Of what is shown of stderr, where that is not all of it. */
  readonly #stderr: Tail | undefined;
  #controls: ProcessControls | undefined;
  #afterResult: NodeJS.Timeout | undefined;
  #givingUp: NodeJS.Timeout | undefined;
  /** Whether the final event came before the run had to stop. One that comes after the stop does not count. */
  #answeredInTime: boolean | undefined;

  constructor(
    agent: Agent<Event, Options, Details>,
    options: Options,
    settings: ProcessSettings,
    context: AttemptContext,
    parts: AgentRunParts<Event, Details>,
  ) {
    this.#agent = agent;
    this.#options = options;
    this.#settings = settings;
    this.#context = context;
    this.#parts = parts;
    this.#show = safeListener("onEvent", options.onEvent, this.#notes);
    this.#showStderr = safeListener("onStderr", options.onStderr, this.#notes);
    this.#stderr = parts.transcript.takeStderr && new Tail(STDERR_TAIL_BYTES);
  }

  async run(): Promise<Report<string, Details>> {
    const { runProcess } = await loadRunProcess();
    const { signal, attempt, callId } = this.#context;
    const cookie = cookieOf({ callId, attempt });
    const options = this.#options;
    const { args, env, stdin } = this.#parts;
    const lines = new LineReader(this.#settings.maxOutput, (line) => this.#take(line));
    const end = await runProcess(
      {
        file: this.#agent.executable(options),
        args,
        cwd: options.cwd ?? process.cwd(),
        env: childEnv({ ...env, ...options.env }, this.#context, cookie),
        stdin,
        cookie,
        keepBytes: 0,
        killGraceMs: this.#settings.killGraceMs,
        lease: this.#context.lease,
        leftovers: this.#settings.leftovers,
        onStdout: (chunk, controls) => {
          this.#controls = controls;
          lines.push(chunk);
          // Not in the middle of it: a tool may follow.
          if (this.#parts.transcript.abandoned) controls.finish();
        },
        onStderr: (chunk, controls) => {
          this.#controls = controls;
          this.#takeStderr(chunk);
        },
        onSpawn: ({ pid, startTime }) =>
          this.#context.note({ pid, ...(startTime !== undefined && { pidStart: startTime }) }),
        onExit: () => this.#context.ended(),
      },
      signal,
    );
    clearTimeout(this.#afterResult);
    clearTimeout(this.#givingUp);
    if (!end.spawned) return { failure: spawnFailure(end.error) };
    lines.end();
    clearTimeout(this.#afterResult);
    await this.#parts.ended?.();
    return this.#report(end);
  }

  #take(line: string): void {
    const { transcript } = this.#parts;
    const events = transcript.take(line);
    if (events.length === 0) return;
    // Only events are signs of life: a run that hangs may still print other lines.
    if (events.some((event) => transcript.isSignOfLife?.(event) ?? true)) this.#context.activity();
    for (const event of events) this.#show(event);
    clearTimeout(this.#afterResult);
    if (!transcript.answered) {
      // Another turn has begun.
      this.#answeredInTime = undefined;
      return;
    }
    this.#answeredInTime ??= !this.#context.signal.aborted;
    this.#afterResult = setTimeout(() => {
      const { kind } = this.#agent;
      this.#notes.push(
        `${kind} was still running ${RESULT_GRACE_MS / 1000} s after its result; hardcall ended it`,
      );
      this.#controls?.finish();
    }, RESULT_GRACE_MS);
  }

  #takeStderr(chunk: Buffer): void {
    const seen = this.#parts.transcript.takeStderr?.(chunk) ?? { shown: chunk, isSignOfLife: false };
    if (seen.isSignOfLife) this.#context.activity();
    this.#passOn(seen.shown);
    if (this.#parts.transcript.abandoned) this.#giveUpSoon();
  }

  /** An event that was printed earlier may be read later, and one of a tool keeps the run from being given up. */
  #giveUpSoon(): void {
    this.#givingUp ??= setTimeout(() => {
      this.#givingUp = undefined;
      if (this.#parts.transcript.abandoned) this.#controls?.finish();
    }, OTHER_STREAM_MS);
  }

  #passOn(shown: Buffer): void {
    if (shown.length === 0) return;
    this.#stderr?.push(shown);
    this.#showStderr(shown);
  }

  #report(end: FinishedProcess): Report<string, Details> {
    const { kind } = this.#agent;
    this.#passOn(this.#parts.transcript.endStderr?.() ?? Buffer.alloc(0));
    const base = { ...processReport(end), ...(this.#stderr && { stderrTail: this.#stderr.text() }) };
    const stoppedAfterResult = this.#context.signal.aborted && this.#answeredInTime === true;
    if (stoppedAfterResult)
      this.#notes.push(
        `${kind} was still running after its result when the call had to stop; hardcall ended it`,
      );
    const { costUsd, notes = [] } = this.#parts.transcript;
    const report = {
      ...base,
      notes: [...(base.notes ?? []), ...this.#notes, ...notes],
      costUsd,
      completedDespiteAbort: stoppedAfterResult,
    };
    const failure = this.#parts.verdict(end, {
      stderr: report.stderrTail ?? "",
      stoppedAfterResult,
      maxOutput: this.#settings.maxOutput,
      denialsFail: this.#options.permissionDenials !== "allow",
    });
    return failure === undefined ? { ...report, ...this.#parts.answer() } : { ...report, failure };
  }
}
