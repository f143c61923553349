import type { StopCause } from "../../core/stop-cause.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Report } from "../../core/callee.ts";
import type { JobStatus } from "./driver.ts";
import type { RunningJob } from "./running-job.ts";

/** A cancel may be lost like any request; it is asked for again while the job goes on. */
const CANCEL_EVERY_MS = 2000;
/** A single call may not use up the whole grace: there must be time for another. */
const SHARE = 3;
/** How long a job that was never seen is looked for before it counts as not there. */
const NEVER_SEEN_MS = 2000;

/** Cancels the job and looks until it is known to have ended, or the grace is over. */
export async function stopJob<Raw, Details extends object>(
  job: RunningJob<never, Raw, Details>,
): Promise<Report<Raw, Details>> {
  if (isLeaseLost(job.stop.reason)) {
    // Its new owner has joined it by now: to cancel it would be to cancel theirs.
    const message = `its job ${job.id} was left to the call that took it over`;
    return { afterStop: { confirmed: true, effect: "unknown", message } };
  }
  if (!job.submitted) {
    return {
      failure: {
        code: "cancelled",
        message: "was stopped before its job was submitted",
        effect: "not_started",
      },
    };
  }
  const startedAt = performance.now();
  const endsAt = startedAt + job.settings.cancelGraceMs;
  const canceller = new Canceller(job, endsAt);
  let last: JobStatus["state"] | undefined;
  while (performance.now() < endsAt) {
    await canceller.keepAsking();
    const answer = await job.status(shareOf(job, endsAt), undefined);
    if (!answer.ok) continue;
    const { value: status } = answer;
    last = status.state;
    if (status.state === "succeeded") return await readDespiteStop(job, endsAt);
    if (status.state === "failed") {
      const message = `its job ${job.id} has stopped`;
      return { afterStop: { confirmed: true, effect: status.failure.effect, message } };
    }
    if (status.state === "missing" && !job.seen && performance.now() - startedAt > NEVER_SEEN_MS) break;
  }
  if (last === "missing" && !job.seen) {
    const appear = job.unanswered ? "; a submit was not answered, so it may still appear" : "";
    const message = `its job ${job.id} was never seen${appear}`;
    return { afterStop: { confirmed: true, effect: "unknown", message } };
  }
  const state = last === undefined ? "could not be looked at" : `was still ${last}`;
  const message = `its job ${job.id} ${state} ${formatDuration(job.settings.cancelGraceMs)} after it was told to stop`;
  return { afterStop: { confirmed: false, effect: "unknown", message } };
}

/** Cancelling is asking: a job that was done before it heard is a success, if its result can still be had. */
async function readDespiteStop<Raw, Details extends object>(
  job: RunningJob<never, Raw, Details>,
  endsAt: number,
): Promise<Report<Raw, Details>> {
  const answer = await job.result(endsAt - performance.now(), undefined);
  if (answer.ok)
    return { value: answer.value.value, details: answer.value.details, completedDespiteAbort: true };
  if (answer.answered && answer.failure.code !== "unavailable") {
    return { failure: { ...answer.failure, effect: "completed" }, completedDespiteAbort: true };
  }
  const message = `its job ${job.id} has succeeded, but its result could not be read`;
  return { afterStop: { confirmed: true, effect: "completed", message } };
}

/** Asks for the cancel, and asks again while nothing has come of it. */
class Canceller {
  readonly #job: RunningJob<never, unknown, object>;
  readonly #endsAt: number;
  #askedAt = -Infinity;

  constructor(job: RunningJob<never, unknown, object>, endsAt: number) {
    this.#job = job;
    this.#endsAt = endsAt;
  }

  /** A look right after an answered cancel sees its effect; one without an answer is given up after its share of the grace. */
  async keepAsking(): Promise<void> {
    const now = performance.now();
    if (now - this.#askedAt < CANCEL_EVERY_MS) return;
    this.#askedAt = now;
    const answer = await this.#job.cancel(shareOf(this.#job, this.#endsAt));
    if (!answer.ok) this.#job.notes.add(`a cancel failed: ${answer.failure.message}`);
  }
}

function shareOf({ settings }: RunningJob<never, unknown, object>, endsAt: number): number {
  const left = endsAt - performance.now();
  return Math.max(1, Math.min(left, settings.callTimeoutMs, settings.cancelGraceMs / SHARE));
}

function isLeaseLost(cause: unknown): boolean {
  const { code, reason } = (cause ?? {}) as Partial<StopCause> & { reason?: { code?: unknown } };
  return code === "cancelled" && reason?.code === "lease_lost";
}
