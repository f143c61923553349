import type { KeyParts } from "../call/contract-options.ts";
import { parseDuration, type Duration } from "../core/duration.ts";
import type { Logger } from "../core/logger.ts";
import { readOptions, show, type Kinds } from "../core/options.ts";
import type { QueueJob } from "./boss.ts";

/** The options of `work()`. The last ones are pg-boss's own, and pg-boss checks them. */
export interface WorkOptions<Input = unknown> extends PgBossOptions {
  /**
   * How many jobs this process fetches at once; each fetch takes `batchSize` jobs.
   *
   * @default 1
   */
  readonly concurrency?: number | undefined;
  /**
   * What of the job makes the key. Two jobs with one key are the same call: the second gets the first's result.
   *
   * @default the definition's key, else the job's id, which stays the same when the job comes back from the dead-letter queue
   */
  readonly key?: ((job: QueueJob<Input>) => KeyParts) | undefined;
  /** How long running calls may go on once the worker is told to stop, before they are cancelled. @default "20s" */
  readonly stopGrace?: Duration | undefined;
  /** Gets pg-boss's errors if the program has no listener of its own for them. @default the call's; without one, a process warning */
  readonly logger?: Logger | undefined;
}

/** The options of pg-boss's own `work()` that hardcall hands on. */
export interface PgBossOptions {
  /** How many jobs one fetch takes; their calls run at once, and the next fetch waits for all of them. @default 1 */
  readonly batchSize?: number | undefined;
  readonly pollingIntervalSeconds?: number | undefined;
  readonly notifyPollingIntervalSeconds?: number | undefined;
  readonly burstWhenReadyExceeds?: number | undefined;
  readonly burstWhenBatchFull?: boolean | undefined;
  readonly heartbeatRefreshSeconds?: number | undefined;
  readonly minPriority?: number | undefined;
  readonly maxPriority?: number | undefined;
  readonly groupConcurrency?: number | object | undefined;
  readonly localGroupConcurrency?: number | object | undefined;
}

/** The options with their defaults. */
export interface ReadOptions<Input> {
  readonly concurrency: number;
  readonly batchSize: number;
  readonly key: ((job: QueueJob<Input>) => KeyParts) | undefined;
  readonly stopGraceMs: number;
  readonly logger: Logger | undefined;
  readonly pgBoss: PgBossOptions;
}

/** Shorter than the 30 s after which pg-boss's `stop()` gives up its jobs, with time for the calls to end. */
const STOP_GRACE = "20s";

/** One fetch loop each: beyond this a mistake is likelier than a wish. */
const MAX_CONCURRENCY = 1000;

/** @param problems gets a sentence for each option that is wrong */
export function readWorkOptions<Input>(given: unknown, problems: string[]): ReadOptions<Input> {
  const {
    concurrency = 1,
    key,
    stopGrace = STOP_GRACE,
    logger,
    ...own
  } = readOptions<WorkOptions<Input>>(given, KINDS, problems);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    problems.push(`concurrency is ${show(concurrency)}; give a whole number from 1 to ${MAX_CONCURRENCY}`);
  }
  const grace = parseDuration(stopGrace);
  if ("problem" in grace) problems.push(`stopGrace ${grace.problem}`);
  const pgBoss = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return {
    concurrency,
    batchSize: own.batchSize ?? 1,
    key,
    stopGraceMs: "ms" in grace ? grace.ms : 0,
    logger,
    pgBoss,
  };
}

const KINDS: Kinds<WorkOptions> = {
  concurrency: "a number",
  key: "a function",
  stopGrace: "anything",
  logger: "an object",
  batchSize: "a number",
  pollingIntervalSeconds: "a number",
  notifyPollingIntervalSeconds: "a number",
  burstWhenReadyExceeds: "a number",
  burstWhenBatchFull: "true or false",
  heartbeatRefreshSeconds: "a number",
  minPriority: "a number",
  maxPriority: "a number",
  groupConcurrency: "anything",
  localGroupConcurrency: "anything",
};
