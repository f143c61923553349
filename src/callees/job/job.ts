import type { AttemptContext, Callee, Report } from "../callee.ts";
import type { JobDriver } from "./driver.ts";
import { identify } from "./identify.ts";
import { jobId } from "./job-id.ts";
import { RunningJob } from "./running-job.ts";
import { jobSettings, type JobOptions } from "./settings.ts";
import { stopJob } from "./stop.ts";
import { submitOrJoin } from "./submit.ts";
import { readResult, watch } from "./watch.ts";

const METHODS = ["submit", "status", "cancel", "result"] as const;

/**
 * A job on a remote service as a callee. It is submitted under an id that the ledger has first, watched until it has ended, and
 * read. Told to stop, it is cancelled and watched until it is known to have ended; a job that was done before the cancel reached
 * it is a success; one that cannot be shown to have ended fails with `cancel_unconfirmed`, and no other is started.
 *
 * With a key, whoever calls next finds the job by its id and joins it, after a crash too.
 *
 * @example
 * const report = defineCall({
 *   name: "daily-report",
 *   callee: job(cloudRun({ job: "report" })),
 *   timeout: { total: "2h", attempt: "50m", idle: "20m" },
 *   effects: "keyed",
 *   key: (day) => [day],
 *   retry: { attempts: 2 },
 * });
 */
export function job<Input, Raw, Details extends object = object>(
  driver: JobDriver<Input, Raw, Details>,
  options: JobOptions & {
    /** What is wrong with how the driver was set up, a sentence without full stop each. */
    readonly problems?: readonly string[] | undefined;
    /** What a repeat must have in common with the first call. @default the input */
    readonly fingerprint?: ((input: Input) => unknown) | undefined;
  } = {},
): Callee<Input, Raw, Details> {
  const { settings, problems } = jobSettings(options);
  problems.push(...(options.problems ?? []));
  const missing = METHODS.filter((method) => typeof driver?.[method] !== "function");
  if (missing.length > 0) problems.push(`job() takes a driver with ${METHODS.join(", ")}`);
  return {
    kind: "job",
    problems,
    stopMs: settings.cancelGraceMs,
    fingerprint: options.fingerprint ?? ((input) => input),
    identify: (input, context) => identify(driver, input, context, settings),
    async run(input, context) {
      const id = context.externalRef ?? jobId(context.name, context.key, context.attempt);
      const running = new RunningJob(id, driver, input, context, settings);
      const report = await runJob(running as unknown as RunningJob<never, Raw, Details>, context);
      return { ...report, notes: [...running.notes] };
    },
  };
}

async function runJob<Raw, Details extends object>(
  running: RunningJob<never, Raw, Details>,
  context: AttemptContext,
): Promise<Report<Raw, Details>> {
  const submission = await submitOrJoin(running);
  if (submission.kind === "failed") return { failure: submission.failure };
  if (submission.kind === "watch") {
    const end = await watch(running);
    if (end?.state === "failed") {
      context.ended();
      return { failure: end.failure };
    }
    if (end !== undefined) {
      const report = await readResult(running);
      if (report !== undefined) {
        context.ended();
        return report;
      }
    }
  }
  return await stopJob(running);
}
