import { formatDuration } from "../../core/duration.ts";
import type { Failure } from "../../core/callee.ts";
import { saysExists } from "./ask.ts";
import type { JobStatus } from "./driver.ts";
import { pause, type RunningJob } from "./running-job.ts";

/** How often a submit without a clear answer is sent. All have the same id, and the service accepts an id once. */
const SUBMITS = 3;
const BETWEEN_SUBMITS_MS = 250;
/** After the service has refused an id, it may not find that job for a moment (googleapis/python-bigquery issue 2134). */
const FOUND_WITHIN_MS = 10_000;

/** A job to watch, or the end of the attempt. */
export type Submission =
  | { readonly kind: "watch"; readonly joined: boolean }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "stopped" };

/** Starts the job, or joins the job that already has its id. */
export async function submitOrJoin(job: RunningJob<never, unknown, object>): Promise<Submission> {
  for (let sent = 1; ; sent++) {
    const answer = await job.submit();
    if (job.stop.aborted) return { kind: "stopped" };
    if (answer.ok && answer.value !== "exists") {
      job.seen = true;
      return { kind: "watch", joined: false };
    }
    if (answer.ok || saysExists(answer.failure)) return join(job);
    const { failure } = answer;
    if (failure.effect !== "unknown") return refused(job, failure);
    // The submit may have arrived. The status shows it; and the same id sent twice starts only one job.
    const status = await job.status(job.settings.callTimeoutMs, job.stop);
    if (job.stop.aborted) return { kind: "stopped" };
    if (status.ok && status.value.state !== "missing") return joined(job, status.value);
    if (sent === SUBMITS) return { kind: "failed", failure: neverSeen(job, failure, status.ok) };
    job.notes.add(`the submit was sent again under the same id, because it ${failure.message}`);
    await pause(BETWEEN_SUBMITS_MS * 2 ** (sent - 1), job.stop);
  }
}

async function join(job: RunningJob<never, unknown, object>): Promise<Submission> {
  const giveUpAt = performance.now() + FOUND_WITHIN_MS;
  for (;;) {
    const status = await job.status(job.settings.callTimeoutMs, job.stop);
    if (job.stop.aborted) return { kind: "stopped" };
    if (status.ok && status.value.state !== "missing") return joined(job, status.value);
    if (performance.now() > giveUpAt) {
      const message = `was told by the service that its job ${job.id} exists, but did not find it within ${formatDuration(FOUND_WITHIN_MS)}`;
      return { kind: "failed", failure: { code: "unavailable", message, effect: "unknown" } };
    }
  }
}

function joined(job: RunningJob<never, unknown, object>, status: JobStatus): Submission {
  if (status.state !== "missing" && status.same === false) {
    const message = `found a job with another configuration under its id ${job.id}`;
    return { kind: "failed", failure: { code: "key_conflict", message, effect: "not_started" } };
  }
  job.notes.add(`joined the job ${job.id}, which already existed`);
  return { kind: "watch", joined: true };
}

function neverSeen(job: RunningJob<never, unknown, object>, failure: Failure, missing: boolean): Failure {
  const appear = job.unanswered ? "; it may still appear" : "";
  const known = missing
    ? `did not appear at the service${appear}`
    : "may be running: its status could not be read";
  return { ...failure, message: `${failure.message} (${SUBMITS} times), and its job ${job.id} ${known}` };
}

/** The service refused this submit. If an earlier submit got no answer, its job may still appear, so the effect is unknown. */
function refused(job: RunningJob<never, unknown, object>, failure: Failure): Submission {
  return { kind: "failed", failure: job.unanswered ? { ...failure, effect: "unknown" } : failure };
}
