import { randomUUID } from "node:crypto";

/** What was asked of a project, and with which fault each request is to be answered. */
export class Requests {
  #modes;
  /** Job id -> its mode, with how often each fault is still to occur; set by the first insert that names the id. */
  #modeOfJob = new Map();
  /** The same for requests that concern no job: they meet the mode that the next job will have. */
  #modeOfNext = new Map();
  #jobOfRequest = new Map();
  #waiting = [];
  all = [];

  constructor(modes) {
    this.#modes = modes;
  }

  /** Records a request. @returns the fault to answer it with, if any */
  note({ isInsert, ...request }) {
    const { endpoint, jobId } = request;
    this.all.push({ ...request, ms: Math.round(performance.now()) });
    const inserts = this.#inserts();
    for (const waiter of this.#waiting) if (inserts >= waiter.inserts) waiter.resolve();
    if (isInsert) this.#giveMode(jobId);
    const mode = jobId === "" || isInsert ? this.modeOf(jobId) : this.#modeOfJob.get(jobId);
    const fault = mode?.faults.find((one) => one.times > 0 && (one.endpoint ?? endpoint) === endpoint);
    if (fault !== undefined) fault.times -= 1;
    return fault;
  }

  /** The mode of a job, or of the next one when there is no id. */
  modeOf(jobId) {
    if (jobId !== "") return this.#modeOfJob.get(jobId);
    const step = this.#modeOfJob.size;
    if (!this.#modeOfNext.has(step)) this.#modeOfNext.set(step, this.#copyOfMode(step));
    return this.#modeOfNext.get(step);
  }

  /** The id of the job of a request to jobs.query: a client that sends a request twice gets one job. */
  jobOfRequest(requestId) {
    const jobId = this.#jobOfRequest.get(requestId) ?? `job_${randomUUID()}`;
    if (requestId) this.#jobOfRequest.set(requestId, jobId);
    return jobId;
  }

  /** Resolves once the project has received this many inserts. */
  inserted(inserts) {
    if (!(inserts > this.#inserts())) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ inserts, resolve }));
  }

  #inserts() {
    return this.all.filter(({ endpoint }) => endpoint === "insert" || endpoint === "query").length;
  }

  #giveMode(jobId) {
    if (!this.#modeOfJob.has(jobId)) this.#modeOfJob.set(jobId, this.#copyOfMode(this.#modeOfJob.size));
  }

  #copyOfMode(step) {
    const mode = this.#modes[Math.min(step, this.#modes.length - 1)];
    return { ...mode, faults: mode.faults.map((fault) => ({ ...fault })) };
  }
}
