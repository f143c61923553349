import { destinationOf } from "./configuration.mjs";
import { SHAPES } from "./modes.mjs";
import { Requests } from "./requests.mjs";

const SOON_MS = 50;

/** The jobs of one project. Nothing runs: a job's state follows from the time. */
export class Project {
  #name;
  #setup;
  /** All that ran, in order; a job that was deleted is no longer in `#jobs`. */
  #ran = [];
  #jobs = new Map();
  #requests;
  #mostAtOnce = 0;
  #mostOfOneKey = 0;

  constructor(name, setup) {
    this.#name = name;
    this.#setup = setup;
    this.#requests = new Requests(setup.modes);
  }

  get name() {
    return this.#name;
  }

  /** The rows of every result, with their fields. */
  get table() {
    return this.#setup.table;
  }

  get requests() {
    return this.#requests;
  }

  /** How the job with this id goes; without an id, how the next one will. */
  shape(jobId) {
    return SHAPES[this.#requests.modeOf(jobId).shape](this.#setup);
  }

  /** A new job, or undefined when its id is taken. `output` is the table that it writes. */
  create(jobId, { kind, configuration, location = "US", output = this.table }) {
    const shape = this.shape(jobId);
    if (this.#jobs.has(jobId)) return undefined;
    const madeAt = Date.now();
    const job = { jobId, project: this.#name, kind, configuration, location, madeAt, ...shape };
    job.endsAt += madeAt;
    job.output = shape.rows === undefined ? output : { ...output, rows: shape.rows };
    job.destination = destinationOf(job);
    this.#jobs.set(jobId, job);
    if (job.foreign) {
      job.configuration = { query: { query: "SELECT 'something else'", useLegacySql: false } };
      return undefined;
    }
    this.#ran.push(job);
    this.#count(job);
    return job;
  }

  /**
   * The job with this id. As in the real one, a job outside of US and EU is found only with its location.
   */
  job(jobId, location) {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return undefined;
    const at = job.location.toUpperCase();
    return (location ? location.toUpperCase() === at : at === "US" || at === "EU") ? job : undefined;
  }

  /** Newest first. */
  list() {
    const newestFirst = [];
    for (const job of this.#jobs.values()) newestFirst.unshift(job);
    return newestFirst;
  }

  delete({ jobId }) {
    this.#jobs.delete(jobId);
  }

  cancel(job) {
    job.cancelledAt ??= Date.now();
    if (isDone(job) || job.onCancel === "ignore") return;
    job.endsAt = Math.min(job.endsAt, Date.now() + SOON_MS);
    if (job.onCancel !== "succeed") job.error = { reason: "stopped", message: "Job execution was cancelled" };
  }

  /** The jobs that have written a table, with the table's reference, in the order of their making. */
  written() {
    return this.#ran.filter((job) => isDone(job) && job.error === undefined);
  }

  report() {
    return {
      requests: this.#requests.all,
      ran: this.#ran.length,
      running: this.#ran.filter((job) => !isDone(job)).map(({ jobId }) => jobId),
      mostAtOnce: this.#mostAtOnce,
      mostOfOneKey: this.#mostOfOneKey,
      jobs: this.#ran.map((job) => ({
        id: job.jobId,
        state: isDone(job) ? "DONE" : "RUNNING",
        cancelled: job.cancelledAt !== undefined,
        jobTimeoutMs: job.configuration.jobTimeoutMs,
      })),
    };
  }

  #count(job) {
    const running = this.#ran.filter((one) => !isDone(one));
    this.#mostAtOnce = Math.max(this.#mostAtOnce, running.length);
    const ofKey = running.filter((one) => keyOf(one) === keyOf(job)).length;
    this.#mostOfOneKey = Math.max(this.#mostOfOneKey, ofKey);
  }
}

export function isDone({ endsAt }) {
  return Date.now() >= endsAt;
}

/** The ids of jobs with the same key differ only in the number of the attempt. */
function keyOf({ jobId }) {
  return jobId.replace(/_a\d+$/, "");
}
