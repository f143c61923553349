import { createInterface } from "node:readline";
import { PgBoss } from "pg-boss";
import type { Kind, Limits } from "../plan/jobs.ts";

/** What a worker is told when it starts. */
export interface WorkerOptions {
  /** URL of Postgres. */
  readonly database: string;
  readonly clockMs: number;
  /** The queues that it works off. */
  readonly kinds: readonly Kind[];
  readonly limits: Limits;
}

/** So many jobs of each kind at once. */
export const CONCURRENCY: Readonly<Record<Kind, number>> = {
  "verifiable-task": 8,
  "once-task": 6,
  "verifiable-command": 1,
  "once-command": 1,
};

/**
 * For pg, to which pg-boss hands its options on. Without it a connection that was cut off while Postgres restarted waits for an answer for
 * hours, and with it a fetch loop.
 */
const CONNECTION = { keepAlive: true, keepAliveInitialDelayMillis: 5000, query_timeout: 15_000 };
const STOP_MS = 40_000;

/**
 * A worker of the fleet. A line on stdin sets its wall clock; at the end of stdin it stops in order. Its options are its one argument.
 *
 * @param work registers the handlers. @returns what closes what they use
 */
export async function beginWorker(
  work: (boss: PgBoss, options: WorkerOptions) => Promise<() => Promise<void>>,
): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
  const { setWallClock } = globalThis as { setWallClock?: (ms: number) => void };
  setWallClock?.(options.clockMs);
  const boss = new PgBoss({
    connectionString: options.database,
    max: 6,
    ...CONNECTION,
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    schedule: false,
  });
  // Postgres is restarted and cut off while it works.
  boss.on("error", ({ message }) => console.error(message));
  await boss.start();
  const close = await work(boss, options);
  console.log(JSON.stringify("ready"));
  for await (const line of createInterface({ input: process.stdin }))
    setWallClock?.(JSON.parse(line) as number);
  await boss.stop({ graceful: true, timeout: STOP_MS });
  await close();
}
