import { parseDuration, type Duration } from "../../core/duration.ts";
import type { Kinds } from "../../core/options.ts";
import type { JobProgress } from "./driver.ts";

export interface JobOptions {
  /**
   * How long a job that was told to stop may take to end. After that the call fails with `cancel_unconfirmed` and the job's id.
   *
   * @default "30s"
   */
  readonly cancelGrace?: Duration | undefined;
  /** How long the service may take to answer a submit, a status or a cancel. @default "30s" */
  readonly callTimeout?: Duration | undefined;
  /** How long it may take to read the result. @default "10m" */
  readonly resultTimeout?: Duration | undefined;
  /** The first wait between two looks at a job; at least 500 ms. It grows by half each time. @default 500 */
  readonly minPoll?: Duration | undefined;
  /** The longest wait between two looks at a job. @default "5s" */
  readonly maxPoll?: Duration | undefined;
  /** Hears of each change of state, and every 30 seconds that a job goes on. */
  readonly onProgress?: ((progress: JobProgress) => void) | undefined;
}

/** Job options with every duration in milliseconds. */
export interface JobSettings {
  readonly cancelGraceMs: number;
  readonly callTimeoutMs: number;
  readonly resultTimeoutMs: number;
  readonly minPollMs: number;
  readonly maxPollMs: number;
  readonly onProgress: ((progress: JobProgress) => void) | undefined;
}

/** Two looks a second are what a service can be asked for all day. */
export const POLL_FLOOR_MS = 500;

export const JOB_OPTIONS: Kinds<JobOptions> = {
  cancelGrace: "anything",
  callTimeout: "anything",
  resultTimeout: "anything",
  minPoll: "anything",
  maxPoll: "anything",
  onProgress: "a function",
};

export function jobSettings(options: JobOptions, problems: string[]): JobSettings {
  const duration = (name: keyof JobOptions, byDefault: number): number => {
    const parsed = parseDuration(options[name] ?? byDefault);
    if ("ms" in parsed) return parsed.ms;
    problems.push(`${name} ${parsed.problem}`);
    return byDefault;
  };
  const settings = {
    cancelGraceMs: duration("cancelGrace", 30_000),
    callTimeoutMs: duration("callTimeout", 30_000),
    resultTimeoutMs: duration("resultTimeout", 600_000),
    minPollMs: duration("minPoll", POLL_FLOOR_MS),
    maxPollMs: duration("maxPoll", Math.max(5000, POLL_FLOOR_MS)),
    onProgress: options.onProgress,
  };
  if (settings.minPollMs < POLL_FLOOR_MS) {
    problems.push(`minPoll is ${settings.minPollMs} ms; a service is asked at most twice a second (500 ms)`);
  }
  if (settings.maxPollMs < settings.minPollMs) problems.push("maxPoll must not be shorter than minPoll");
  return settings;
}
