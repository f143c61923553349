import { parseDuration, type Duration } from "../../core/duration.ts";
import type { Kinds } from "../../core/options.ts";
import type { JobProgress } from "./driver.ts";

export interface JobOptions {
  /**
   * How long a cancelled job may take to end. After that the call fails with `cancel_unconfirmed`, and the message names the job's id.
   * The time comes on top of the limit that has passed: an attempt ends by `timeout.attempt` plus `cancelGrace`, the call by
   * `timeout.total` plus `cancelGrace`.
   *
   * @default "30s"
   */
  readonly cancelGrace?: Duration | undefined;
  /** How long the service may take to answer a submit, a status or a cancel. @default "30s" */
  readonly callTimeout?: Duration | undefined;
  /** How long reading the result may take. @default "10m" */
  readonly resultTimeout?: Duration | undefined;
  /** The first wait between two status requests, at least 500 ms. It grows by half each time. @default 500 */
  readonly minPoll?: Duration | undefined;
  /** The longest wait between two status requests. @default "5s" */
  readonly maxPoll?: Duration | undefined;
  /** Called at each change of state, and every 30 seconds while the state stays the same. The call's `logger` gets the changes too. */
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

/** A service can answer two status requests a second all day. */
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
    problems.push(
      `minPoll is ${settings.minPollMs} ms; give at least 500 ms, so that hardcall asks the service at most twice a second`,
    );
  }
  if (settings.maxPollMs < settings.minPollMs) problems.push("maxPoll must not be shorter than minPoll");
  return settings;
}
