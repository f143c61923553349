import { errorName } from "../../core/failure.ts";
import type { AttemptContext, Report } from "../../core/callee.ts";
import type { JobDriver } from "./driver.ts";
import { jobId } from "./job-id.ts";
import { RunningJob } from "./running-job.ts";
import type { JobSettings } from "./settings.ts";
import { stopJob } from "./stop.ts";
import { submitOrJoin } from "./submit.ts";
import { readJobResult, watch } from "./watch.ts";

/** One attempt: submits or joins the job, watches it and reads its result. When it must stop, it cancels the job and watches it end. */
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
    // A bug in hardcall. The error must say that the job may still be running.
    const message = `stopped watching its job ${job.id} because of an internal error (${errorName(error)}); the job may still be running`;
    const failure = { code: "cancel_unconfirmed", message, effect: "unknown", cause: error } as const;
    return { failure, afterStop: { confirmed: false, effect: "unknown", message } };
  }
}

/** `undefined` when the attempt must stop. */
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
