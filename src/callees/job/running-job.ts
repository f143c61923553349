import { setTimeout as wait } from "node:timers/promises";
import { isObject } from "../../core/options.ts";
import type { AttemptContext } from "../../core/callee.ts";
import { ask, type Answer } from "./ask.ts";
import { jobError, type JobCall, type JobDriver, type JobStatus } from "./driver.ts";
import { Progress } from "./progress.ts";
import { POLL_FLOOR_MS, type JobSettings } from "./settings.ts";

const STATES: ReadonlySet<unknown> = new Set(["missing", "pending", "running", "succeeded", "failed"]);

/** The requests of one attempt about one job: each with a time limit, status requests not too often, and what they showed. */
export class RunningJob<Input, Raw, Details extends object> {
  readonly id: string;
  readonly settings: JobSettings;
  readonly context: AttemptContext;
  readonly notes = new Set<string>();
  /** hardcall sent a submit. */
  submitted = false;
  /** A submit has no clear answer, so its job may still appear. */
  unanswered = false;
  /** The service has reported this job at least once. */
  seen = false;
  readonly #driver: JobDriver<Input, Raw, Details>;
  readonly #input: Input;
  readonly #progress: Progress;
  #lookedAt = -Infinity;

  constructor(
    id: string,
    driver: JobDriver<Input, Raw, Details>,
    input: Input,
    context: AttemptContext,
    settings: JobSettings,
  ) {
    this.id = id;
    this.#driver = driver;
    this.#input = input;
    this.context = context;
    this.settings = settings;
    this.#progress = new Progress(id, context, settings.onProgress);
  }

  /** Aborts when the attempt must stop. */
  get stop(): AbortSignal {
    return this.context.signal;
  }

  /** Aborts when another owner may take the job over. */
  get leaseLost(): AbortSignal | undefined {
    return this.context.lease?.lost;
  }

  async submit(): Promise<Answer<void | "exists">> {
    this.submitted = true;
    const answer = await ask("submit", this.settings.callTimeoutMs, this.stop, (signal) =>
      this.#driver.submit(this.id, this.#input, this.#call(signal)),
    );
    if (!answer.ok && answer.failure.effect === "unknown") this.unanswered = true;
    // A job that was accepted just now has not ended yet, so the first status request can wait.
    if (answer.ok && answer.value !== "exists") this.#lookedAt = performance.now();
    return answer;
  }

  /** Asks for the job's status, at least half a second after the last time. `stop` ends the request early. */
  async status(limitMs: number, stop: AbortSignal | undefined): Promise<Answer<JobStatus>> {
    await pause(this.#lookedAt + POLL_FLOOR_MS - performance.now(), stop);
    this.#lookedAt = performance.now();
    const answer = await ask("status", limitMs, stop, async (signal) => {
      const status = await this.#driver.status(this.id, this.#call(signal));
      if (!STATES.has(status?.state))
        throw new TypeError("the driver returned a status without a known state");
      return status;
    });
    if (!answer.ok) {
      if (stop?.aborted !== true) this.notes.add(`a status request failed: it ${answer.failure.message}`);
      return answer;
    }
    if (answer.value.state !== "missing") this.seen = true;
    if (this.#progress.report(answer.value)) this.context.activity();
    return answer;
  }

  cancel(limitMs: number): Promise<Answer<void>> {
    return ask("cancel", limitMs, this.leaseLost, (signal) =>
      this.#driver.cancel(this.id, this.#call(signal)),
    );
  }

  result(limitMs: number, stop: AbortSignal | undefined) {
    return ask("result", limitMs, stop, async (signal) => {
      const result = await this.#driver.result(this.id, this.#call(signal));
      if (isObject(result)) return result;
      const message = "got a result without { value } from its driver";
      throw jobError({ code: "invalid_output", message, effect: "completed" });
    });
  }

  #call(signal: AbortSignal): JobCall<Input> {
    const { name, callId, key, limitMs } = this.context;
    const activity = () => this.context.activity();
    return { input: this.#input, name, callId, key, limitMs, signal, activity };
  }
}

/** Waits, and stops waiting when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0 || signal?.aborted) return;
  await wait(ms, undefined, signal && { signal }).catch(() => undefined); // Aborted: callers check the signal.
}
