import { errorName } from "../../core/failure.ts";
import type { AttemptContext, Report } from "../../core/callee.ts";
import type { JobDriver } from "./driver.ts";
import { jobId } from "./job-id.ts";
import { RunningJob } from "./running-job.ts";
import type { JobSettings } from "./settings.ts";
import { stopJob } from "./stop.ts";
import { submitOrJoin } from "./submit.ts";
import { readJobResult, watch } from "./watch.ts";

/** One attempt: submit or join, watch, read; or, when told to stop, cancel and watch the job end. */
export async function runJob<Input, Raw, Details extends object>(
  driver: JobDriver<Input, Raw, Details>,
  input: Input,
  context: AttemptContext,
  settings: JobSettings,
): Promise<Report<Raw, Details>> {
  const id = context.externalRef ?? jobId(context.name, context.key, context.attempt);
  const job = new RunningJob(id, driver, input, context, settings);
  const report = await runToCompletion(job as unknown as RunningJob<never, Raw, Details>);
  return { ...report, notes: [...job.notes] };
}

async function runToCompletion<Raw, Details extends object>(
  job: RunningJob<never, Raw, Details>,
): Promise<Report<Raw, Details>> {
  try {
    return (await untilItsResult(job)) ?? (await stopJob(job));
  } catch (error) {
    // A fault of ours: the job may run on, and whoever reads the error must be told.
    const message = `lost sight of its job ${job.id} (${errorName(error)})`;
    const failure = { code: "cancel_unconfirmed", message, effect: "unknown", cause: error } as const;
    return { failure, afterStop: { confirmed: false, effect: "unknown", message } };
  }
}

/** `undefined` when the attempt was told to stop. */
async function untilItsResult<Raw, Details extends object>(
  job: RunningJob<never, Raw, Details>,
): Promise<Report<Raw, Details> | undefined> {
  if (job.stop.aborted) return undefined;
  const submission = await submitOrJoin(job);
  if (submission.kind === "stopped") return undefined;
  if (submission.kind === "failed") return { failure: submission.failure };
  const end = await watch(job);
  if (end === undefined) return undefined;
  const report = end.state === "failed" ? { failure: end.failure } : await readJobResult(job);
  if (report !== undefined) job.context.ended();
  return report;
}
