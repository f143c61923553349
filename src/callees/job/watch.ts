import { formatDuration } from "../../core/duration.ts";
import type { Failure, Report } from "../../core/callee.ts";
import type { EndedJob } from "./driver.ts";
import { pause, type RunningJob } from "./running-job.ts";

/** How much longer each wait is than the one before. */
const GROWTH = 1.5;
/** How long the service may fail to find a job that it had before. */
const MISSING_FOR_MS = 10_000;
const RESULT_READS = 3;

/** Asks for the status until the job has ended. `undefined` when the attempt must stop before that. */
export async function watch(job: RunningJob<never, unknown, object>): Promise<EndedJob | undefined> {
  let missingSince: number | undefined;
  for (let waitMs = job.settings.minPollMs; ; waitMs = Math.min(waitMs * GROWTH, job.settings.maxPollMs)) {
    const answer = await job.status(job.settings.callTimeoutMs, job.stop);
    if (job.stop.aborted) return undefined;
    // A failed status request says nothing about the job. Only the status itself ends it (python-bigquery issue 1903).
    if (answer.ok) {
      const { value: status } = answer;
      if (status.state === "succeeded" || status.state === "failed") return status;
      missingSince = status.state === "missing" ? (missingSince ?? performance.now()) : undefined;
      if (missingSince !== undefined && performance.now() - missingSince > MISSING_FOR_MS) {
        return { state: "failed", failure: vanished(job.id) };
      }
    }
    await pause(waitMs, job.stop);
    if (job.stop.aborted) return undefined;
  }
}

function vanished(id: string): Failure {
  const message = `lost its job ${id}: the service has not found it for ${formatDuration(MISSING_FOR_MS)}`;
  return { code: "job_failed", message, effect: "unknown" };
}

/** Reads the result of a job that succeeded. `undefined` when the attempt must stop before that. */
export async function readJobResult<Raw, Details extends object>(
  job: RunningJob<never, Raw, Details>,
): Promise<Report<Raw, Details> | undefined> {
  for (let reads = 1; ; reads++) {
    const answer = await job.result(job.settings.resultTimeoutMs, job.stop);
    if (answer.ok) return { value: answer.value.value, details: answer.value.details };
    if (job.stop.aborted) return undefined;
    // The job has succeeded, so its work is done even if its result cannot be read.
    const failure = { ...answer.failure, effect: "completed" } as const;
    const canRetry = failure.code === "unavailable" || failure.code === "rate_limited";
    if (!canRetry || reads === RESULT_READS) return { failure };
    job.notes.add(`reading the result was retried, because it ${failure.message}`);
    await pause(500 * 2 ** (reads - 1), job.stop);
    if (job.stop.aborted) return undefined;
  }
}
