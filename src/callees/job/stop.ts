import { leaseLossIn, type StopCause } from "../../core/stop-cause.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Report } from "../../core/callee.ts";
import type { JobStatus } from "./driver.ts";
import type { RunningJob } from "./running-job.ts";

/** How often the cancel is sent while the job goes on; any one request may be lost. */
const CANCEL_EVERY_MS = 2000;
/** One request may use at most a third of the grace, so that there is time for another. */
const SHARE = 3;
/** How long hardcall looks for a job that the service has never reported. */
const NEVER_SEEN_MS = 2000;

/** Cancels the job and asks for its status until it has ended or the grace is over. */
export async function stopJob<Raw, Details extends object>(
  job: RunningJob<never, Raw, Details>,
): Promise<Report<Raw, Details>> {
  if (isLeaseLost(job)) return leftToNextOwner(job);
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
    const answer = await job.status(shareOf(job, endsAt), job.leaseLost);
    if (isLeaseLost(job)) return leftToNextOwner(job);
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
    const appear = job.unanswered ? "; one submit got no answer, so the job may still appear" : "";
    const message = `its job ${job.id} did not appear at the service${appear}`;
    return { afterStop: { confirmed: true, effect: "unknown", message } };
  }
  const state = last === undefined ? "did not report its status" : `was still ${last}`;
  const grace = `${formatDuration(job.settings.cancelGraceMs)} (cancelGrace)`;
  const message = `its job ${job.id} ${state} ${grace} after hardcall began to cancel it`;
  return { afterStop: { confirmed: false, effect: "unknown", message } };
}

/** The new owner of the lease has joined this job, or may at any moment. Cancelling it would cancel the job of that call. */
function leftToNextOwner<Raw, Details extends object>({ id }: { readonly id: string }): Report<Raw, Details> {
  const message = `its job ${id} now belongs to the call that takes over`;
  return { afterStop: { confirmed: true, effect: "unknown", message } };
}

/** The job succeeded before the cancel reached it. It counts as a success if its result can be read in the time that is left. */
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
  const message = `its job ${job.id} had succeeded, but hardcall could not read its result`;
  return { afterStop: { confirmed: true, effect: "completed", message } };
}

/** Sends the cancel, and sends it again while the job goes on. */
class Canceller {
  readonly #job: RunningJob<never, unknown, object>;
  readonly #endsAt: number;
  #askedAt = -Infinity;

  constructor(job: RunningJob<never, unknown, object>, endsAt: number) {
    this.#job = job;
    this.#endsAt = endsAt;
  }

  /** Waits for the answer, so that the next status shows the cancel's effect; gives up after its share of the grace. */
  async keepAsking(): Promise<void> {
    const now = performance.now();
    if (now - this.#askedAt < CANCEL_EVERY_MS) return;
    this.#askedAt = now;
    const answer = await this.#job.cancel(shareOf(this.#job, this.#endsAt));
    if (!answer.ok) this.#job.notes.add(`a cancel request failed: it ${answer.failure.message}`);
  }
}

function shareOf({ settings }: RunningJob<never, unknown, object>, endsAt: number): number {
  const left = endsAt - performance.now();
  return Math.max(1, Math.min(left, settings.callTimeoutMs, settings.cancelGraceMs / SHARE));
}

function isLeaseLost({ stop, context }: RunningJob<never, unknown, object>): boolean {
  const cause = stop.reason as StopCause | undefined;
  const isCause = cause?.code === "cancelled" && leaseLossIn(cause.reason) !== undefined;
  return isCause || context.lease?.isOver() === true;
}
