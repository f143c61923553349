import { formatDuration } from "../../core/duration.ts";
import type { Failure } from "../../core/callee.ts";
import { saysExists } from "./ask.ts";
import type { JobStatus } from "./driver.ts";
import { pause, type RunningJob } from "./running-job.ts";

/** A submit whose end nobody knows is sent again under the same id, which the service takes once only. */
const SUBMITS = 3;
const BETWEEN_SUBMITS_MS = 250;
/** A service that has refused an id may for a moment not find the job (googleapis/python-bigquery issue 2134). */
const FOUND_WITHIN_MS = 10_000;

/** A job to watch, or the end of the attempt. */
export type Submission =
  | { readonly kind: "watch"; readonly joined: boolean }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "stopped" };

/** Starts the job, or joins the one that is there under the id already. */
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
    // It may have arrived all the same. A look tells, and the same id sent twice makes one job.
    const status = await job.status(job.settings.callTimeoutMs, job.stop);
    if (job.stop.aborted) return { kind: "stopped" };
    if (status.ok && status.value.state !== "missing") return joined(job, status.value);
    if (sent === SUBMITS) return { kind: "failed", failure: neverSeen(job, failure, status.ok) };
    job.notes.add(`the submit was sent again under the same id: ${failure.message}`);
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
      const message = `was told that its job ${job.id} exists, and could not find it within ${formatDuration(FOUND_WITHIN_MS)}`;
      return { kind: "failed", failure: { code: "unavailable", message, effect: "unknown" } };
    }
  }
}

function joined(job: RunningJob<never, unknown, object>, status: JobStatus): Submission {
  if (status.state !== "missing" && status.same === false) {
    const message = `found another job under its id ${job.id}: its configuration differs`;
    return { kind: "failed", failure: { code: "key_conflict", message, effect: "not_started" } };
  }
  job.notes.add(`joined the job ${job.id}, which was there already`);
  return { kind: "watch", joined: true };
}

function neverSeen(job: RunningJob<never, unknown, object>, failure: Failure, missing: boolean): Failure {
  const appear = job.unanswered ? ", and may still appear" : "";
  const known = missing ? `was never seen${appear}` : "may be running: it could not be looked at";
  return { ...failure, message: `${failure.message} (${SUBMITS} times), and its job ${job.id} ${known}` };
}

/** A clear no. It speaks for its own submit only, not for one before it that was never answered. */
function refused(job: RunningJob<never, unknown, object>, failure: Failure): Submission {
  return { kind: "failed", failure: job.unanswered ? { ...failure, effect: "unknown" } : failure };
}
