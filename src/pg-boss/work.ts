import type { Call } from "../call/defined-call.ts";
import { lazily } from "../core/lazily.ts";
import type { Boss } from "./boss.ts";
import type { WorkOptions } from "./options.ts";

/** A worker of one queue. */
export interface QueueWorker {
  /** pg-boss's ids of its fetch loops. */
  readonly ids: readonly string[];
  /**
   * Fetches no more jobs and lets the running calls end. After `stopGrace` it cancels them, ends their children and gives their jobs back
   * to the queue. SIGTERM and SIGINT do this, too. Never rejects.
   */
  stop(): Promise<void>;
}

/**
 * Works off a queue of pg-boss: each job is one call, and `job.data` its input. A job whose call has a result is completed with it; a call
 * that may be retried fails its job; one that must not be goes to the dead-letter queue at once. See docs/pg-boss.md.
 *
 * @example
 * const boss = await new PgBoss(process.env.DATABASE_URL).start();
 * await work(boss, "publish", publishPost, { concurrency: 4 });
 *
 * @throws ConfigError (`invalid_config`) for a queue that does not exist, has no dead-letter queue or expires before the call's timeout,
 *   and for wrong options; CallError (`ledger_unavailable`) if the ledger cannot be opened
 */
export async function work<Input, Value, Details extends object, Result, Keyed>(
  boss: Boss,
  queue: string,
  call: Call<Input, Value, Details, Result, Keyed>,
  options: WorkOptions<Input> = {},
): Promise<QueueWorker> {
  const { startWorker } = await loadStart();
  const worker = await startWorker(boss, queue, call, options);
  return { ids: worker.ids, stop: () => worker.stop() };
}

/** Loaded by the first worker, so that a program that only sends jobs starts fast. */
const loadStart = lazily(() => import("./start.ts"));
