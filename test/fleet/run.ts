import { setTimeout as wait } from "node:timers/promises";
import { Agitator } from "./agitator.ts";
import { Fleet } from "./fleet.ts";
import { readHistories } from "./histories.ts";
import { faultsOf } from "./plan/faults.ts";
import { DEAD_LETTERS, jobsOf, LIMITS } from "./plan/jobs.ts";
import { countOpen, enqueue, readQueue } from "./queue.ts";
import type { FaultRecord, JobRecord, Life } from "./records.ts";
import type { Stage } from "./stage.ts";
import type { WorkerKind } from "./worker.ts";

/** Lost owners' leases, `effectWithin`, a call, and some more for a busy machine. */
const END_WITHIN_MS = 120_000;
/** Some more than a worker waits between two looks at its queue. */
const LOOK_EVERY_MS = 1000;

export interface RunOptions {
  readonly seed: string;
  readonly kind: WorkerKind;
  readonly jobs: number;
  /** Jobs come, and faults happen, for so long. */
  readonly spanMs: number;
  /** How often the queue gives a job to a worker again. */
  readonly retryLimit: number;
}

export interface RunResult {
  readonly records: readonly JobRecord[];
  readonly faults: readonly FaultRecord[];
  readonly lives: readonly Life[];
  /** What is wrong with the run as a whole. */
  readonly broken: readonly string[];
  readonly ms: number;
}

/** Gives the fleet its jobs, does to it what the seed plans, and waits until each job has come to its end. */
export async function run(stage: Stage, options: RunOptions): Promise<RunResult> {
  const { network, postgres, service } = stage;
  const { seed, kind, spanMs, retryLimit } = options;
  const jobs = jobsOf(seed, options.jobs, spanMs);
  const { url } = service;
  const sendings = jobs.map(({ key, kind: queue, startAfterMs }) => ({
    kind: queue,
    data: { key, url },
    startAfterMs,
  }));
  await enqueue(postgres.url, { retryLimit, limits: LIMITS }, sendings);
  const begunAt = performance.now();
  const fleet = new Fleet({ seed, kind, hosts: network.workers, database: postgres.url });
  const agitator = new Agitator(network, postgres, fleet.workers);
  const plan = faultsOf(seed, spanMs);
  agitator.begin(plan);
  // What sleeps for long must wake while the run still counts.
  await wait(Math.max(spanMs, ...plan.map((fault) => fault.atMs + ("forMs" in fault ? fault.forMs : 0))));
  const until = performance.now() + END_WITHIN_MS;
  while (performance.now() < until && !(await isDone(postgres.url))) await wait(LOOK_EVERY_MS);
  await agitator.end();
  await fleet.stop();
  const ms = Math.round(performance.now() - begunAt);
  const [arrivals, rows] = [
    Map.groupBy(await service.log(), ({ key }) => key),
    await readQueue(postgres.url),
  ];
  const byKey = Map.groupBy(rows, ({ key }) => key);
  const keys = kind === "hardcall" ? jobs.map(({ key }) => key) : [];
  const histories = await readHistories(postgres.url, keys);
  const records = jobs.map((job): JobRecord => {
    const mine = byKey.get(job.key) ?? [];
    const dead = mine.filter(({ name }) => name === DEAD_LETTERS);
    return {
      job,
      arrivals: arrivals.get(job.key) ?? [],
      queue: mine.find(({ name }) => name === job.kind),
      dead: dead.map(({ output }) => output),
      ledger: histories.get(job.key),
    };
  });
  return { records, faults: agitator.log, lives: fleet.lives, broken: fleet.broken, ms };
}

async function isDone(database: string): Promise<boolean> {
  try {
    return (await countOpen(database)) === 0;
  } catch {
    return false; // Postgres is being restarted.
  }
}
