import { notifyListener } from "../../core/listener.ts";
import { isDebug, logJobState, prepareLog } from "../../telemetry/log.ts";
import type { AttemptContext } from "../../core/callee.ts";
import type { JobProgress, JobStatus } from "./driver.ts";

/** How often the listener hears of a job whose state does not change. */
const REPEAT_MS = 30_000;

/** Tells the listener and the log how far a job is, so that a long one is never silent. */
export class Progress {
  readonly #id: string;
  readonly #context: AttemptContext;
  readonly #listener: ((progress: JobProgress) => void) | undefined;
  readonly #startedAt = performance.now();
  #state: JobStatus["state"] | undefined;
  #toldAt = -Infinity;

  constructor(id: string, context: AttemptContext, listener: ((progress: JobProgress) => void) | undefined) {
    this.#id = id;
    this.#context = context;
    this.#listener = listener;
    if (isDebug()) void prepareLog("debug", context.logger);
  }

  /** @returns whether the state has changed */
  report(status: JobStatus): boolean {
    const now = performance.now();
    const changed = status.state !== this.#state;
    if (!changed && now - this.#toldAt < REPEAT_MS) return false;
    this.#state = status.state;
    this.#toldAt = now;
    const { name, callId, attempt } = this.#context;
    const bytes = status.state === "missing" ? undefined : status.bytes;
    const seconds = Math.round((now - this.#startedAt) / 100) / 10;
    const facts = { callId, attempt, state: status.state, seconds, ...(bytes && { bytes }) };
    const fields = { call: name, job: this.#id, ...facts };
    const message = `${name} job ${status.state}`;
    void logJobState({ fields, message, changed }, this.#context.logger);
    // A listener that throws must not cost the job that it watches.
    notifyListener(() => this.#listener?.({ id: this.#id, name, ...facts }), ignore);
    return changed;
  }
}

const ignore = () => undefined;
