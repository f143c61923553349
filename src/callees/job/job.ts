import { lazily } from "../../core/lazily.ts";
import { readOptions } from "../../core/options.ts";
import type { Callee } from "../../core/callee.ts";
import type { JobDriver } from "./driver.ts";
import { JOB_OPTIONS, jobSettings, type JobOptions } from "./settings.ts";

// A program without jobs does not pay for them.
const loadIdentify = lazily(() => import("./identify.ts"));
const loadRunJob = lazily(() => import("./run-job.ts"));

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
  const problems: string[] = [];
  const read = readOptions<typeof options>(
    options,
    { ...JOB_OPTIONS, problems: "a list of strings", fingerprint: "a function" },
    problems,
  );
  problems.push(...(read.problems ?? []));
  const settings = jobSettings(read, problems);
  const missing = METHODS.filter((method) => typeof driver?.[method] !== "function");
  if (missing.length > 0) problems.push(`job() takes a driver with ${METHODS.join(", ")}`);
  return {
    kind: "job",
    problems,
    stopMs: settings.cancelGraceMs,
    fingerprint: read.fingerprint ?? ((input) => input),
    async identify(input, context) {
      const { identifyJob } = await loadIdentify();
      return identifyJob(driver, input, context, settings);
    },
    async run(input, context) {
      const { runJob } = await loadRunJob();
      return runJob(driver, input, context, settings);
    },
  };
}
