import { lazily } from "../../core/lazily.ts";
import { readOptions } from "../../core/options.ts";
import type { Callee } from "../../core/callee.ts";
import type { JobDriver } from "./driver.ts";
import { JOB_OPTIONS, jobSettings, type JobOptions } from "./settings.ts";

// Loaded at the first call, so that a program without jobs does not pay for them.
const loadIdentify = lazily(() => import("./identify.ts"));
const loadRunJob = lazily(() => import("./run-job.ts"));

const METHODS = ["submit", "status", "cancel", "result"] as const;

/**
 * A job on a remote service as a callee. hardcall writes the job's id to the ledger, submits the job, watches it until it has ended,
 * and reads its result. After a timeout or a cancel, hardcall cancels the job and watches it until it has ended. A job that succeeded
 * before the cancel reached it is a success. If the job is not seen to end within `cancelGrace`, the call fails with
 * `cancel_unconfirmed`, and hardcall starts no other job.
 *
 * With a key, the next call finds the job by its id and joins it, also after a crash.
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
    /** Problems of the driver's own options, one sentence without full stop each; reported by `defineCall`. */
    readonly problems?: readonly string[] | undefined;
    /** What stands for the input: a repeat with the same key must have the same. @default the input */
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
  if (missing.length > 0) problems.push(`job() needs a driver with the functions ${METHODS.join(", ")}`);
  return {
    kind: "job",
    problems,
    stopMs: settings.cancelGraceMs,
    // Not cancelled then: the next owner joins it.
    leaseStopMs: 0,
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
