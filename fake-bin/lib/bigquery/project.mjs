import { SHAPES } from "./modes.mjs";

const SOON_MS = 50;

/** The jobs of one project, and what was asked about them. Nothing runs: a job's state follows from the time. */
export class Project {
  #name;
  #setup;
  #jobs = new Map();
  /** Job id -> its mode, with how often each fault is still to occur; set by the first insert that names the id. */
  #modes = new Map();
  #requests = [];
  #waiting = [];
  #mostAtOnce = 0;
  #mostOfOneKey = 0;

  constructor(name, setup) {
    this.#name = name;
    this.#setup = setup;
  }

  get rows() {
    return this.#setup.rows;
  }

  /** Records a request. @returns the fault to answer it with, if any */
  noteRequest(request) {
    const { endpoint, jobId } = request;
    this.#requests.push({ ...request, ms: Math.round(performance.now()) });
    const inserts = this.#inserts();
    for (const waiter of this.#waiting) if (inserts >= waiter.inserts) waiter.resolve();
    const mode = this.#modeOf(jobId, endpoint);
    const fault = mode?.faults.find((one) => one.times > 0 && (one.endpoint ?? endpoint) === endpoint);
    if (fault !== undefined) fault.times -= 1;
    return fault;
  }

  /** A new job, or undefined when its id is taken. */
  create(jobId, { configuration = {}, location = "US" }) {
    const shape = SHAPES[this.#modeOf(jobId, "insert").shape](this.#setup);
    if (this.#jobs.has(jobId)) return undefined;
    const job = { jobId, project: this.#name, configuration, location, madeAt: Date.now(), ...shape };
    job.endsAt += job.madeAt;
    this.#jobs.set(jobId, job);
    if (job.foreign) {
      job.configuration = { query: { query: "SELECT 'something else'", useLegacySql: false } };
      return undefined;
    }
    this.#count(job);
    return job;
  }

  job(jobId) {
    return this.#jobs.get(jobId);
  }

  list() {
    return [...this.#jobs.values()];
  }

  cancel(job) {
    job.cancelledAt ??= Date.now();
    if (isDone(job) || job.onCancel === "ignore") return;
    job.endsAt = Math.min(job.endsAt, Date.now() + SOON_MS);
    if (job.onCancel !== "succeed") job.error = { reason: "stopped", message: "Job execution was cancelled" };
  }

  /** Resolves once the project has received this many inserts. */
  inserted(inserts) {
    if (!(inserts > this.#inserts())) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ inserts, resolve }));
  }

  report() {
    const jobs = this.list().filter((job) => !job.foreign);
    return {
      requests: this.#requests,
      ran: jobs.length,
      running: jobs.filter((job) => !isDone(job)).map(({ jobId }) => jobId),
      mostAtOnce: this.#mostAtOnce,
      mostOfOneKey: this.#mostOfOneKey,
      jobs: jobs.map((job) => ({
        id: job.jobId,
        state: isDone(job) ? "DONE" : "RUNNING",
        cancelled: job.cancelledAt !== undefined,
        jobTimeoutMs: job.configuration.jobTimeoutMs,
      })),
    };
  }

  #inserts() {
    return this.#requests.filter(({ endpoint }) => endpoint === "insert" || endpoint === "query").length;
  }

  #modeOf(jobId, endpoint) {
    if (!this.#modes.has(jobId) && (endpoint === "insert" || endpoint === "query")) {
      const { modes } = this.#setup;
      const mode = modes[Math.min(this.#modes.size, modes.length - 1)];
      this.#modes.set(jobId, { ...mode, faults: mode.faults.map((fault) => ({ ...fault })) });
    }
    return this.#modes.get(jobId);
  }

  #count(job) {
    const running = this.list().filter((one) => !one.foreign && !isDone(one));
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
