import { notifyListener } from "../../core/listener.ts";
import type { AttemptContext } from "../../core/callee.ts";
import type { JobProgress, JobStatus } from "./driver.ts";

/** A job that goes on without a change is heard of this often. */
const REPEAT_MS = 30_000;

/** Tells the listener, and the log at level debug, how a job gets on, so that a long one is never silent. */
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
    // Loaded before the job starts: while it runs an upgrade may replace the files.
    if (isLogged()) void import("pino").catch(() => undefined);
  }

  /** @returns whether the state has changed */
  heard(status: JobStatus): boolean {
    const now = performance.now();
    const changed = status.state !== this.#state;
    if (!changed && now - this.#toldAt < REPEAT_MS) return false;
    this.#state = status.state;
    this.#toldAt = now;
    const { name, callId, attempt } = this.#context;
    const bytes = status.state === "missing" ? undefined : status.bytes;
    const seconds = Math.round((now - this.#startedAt) / 100) / 10;
    this.#tell({
      id: this.#id,
      name,
      callId,
      attempt,
      state: status.state,
      seconds,
      ...(bytes && { bytes }),
    });
    return changed;
  }

  #tell(progress: JobProgress): void {
    if (isLogged()) void logProgress(progress);
    // A listener that throws must not cost the job that it watches.
    notifyListener(() => this.#listener?.(progress), ignore);
  }
}

const ignore = () => undefined;

const isLogged = () => ["debug", "trace"].includes(process.env["HARDCALL_LOG_LEVEL"] ?? "");

async function logProgress({ name, id, ...rest }: JobProgress): Promise<void> {
  const { pino, destination } = (await import("pino")).default;
  const logger = pino({ level: "debug", base: { pid: process.pid } }, destination({ fd: 2, sync: true }));
  logger.debug({ call: name, job: id, ...rest }, `${name} job ${rest.state}`);
}
