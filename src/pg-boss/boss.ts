/**
 * The parts of `PgBoss` from pg-boss 12 that `work()` uses. Structural, so that a program without that package still type-checks.
 */
export interface Boss {
  work(name: string, options: never, handler: never): Promise<string>;
  offWork(name: string, options?: never): Promise<void>;
  notifyWorker(workerId: string): void;
  getQueue(name: string): Promise<unknown>;
  fail(name: string, id: never, data?: never, options?: never): Promise<unknown>;
  cancel(name: string, id: never, options?: never): Promise<unknown>;
  resume(name: string, id: never, options?: never): Promise<unknown>;
  update(name: string, data: never, options?: never): Promise<unknown>;
  getDb(): unknown;
}

/** A job of a queue, as pg-boss gives it to a worker. */
export interface QueueJob<Input = unknown> {
  /** A job that came back from a dead-letter queue has a new one. */
  readonly id: string;
  /** The queue. */
  readonly name: string;
  readonly data: Input;
  readonly retryCount: number;
  readonly createdOn: Date;
  readonly singletonKey: string | null;
  readonly groupId?: string | null;
  /** The id that the job had before it first went to a dead-letter queue; `null` if it never did. */
  readonly sourceRootId: string | null;
}

/** What `work()` reads of a job beyond what it shows. */
export interface FetchedJob<Input = unknown> extends QueueJob<Input> {
  readonly retryLimit: number;
  /** Aborts when pg-boss takes the job from this worker: it expired, its heartbeat was lost, or pg-boss stops. */
  readonly signal: AbortSignal;
}

/** What pg-boss is told about one job of a batch. */
export interface JobReport {
  readonly id: string;
  readonly status: "completed" | "failed" | "deadletter";
  readonly output: object;
}

export interface Queue {
  readonly deadLetter?: string | null;
  readonly expireInSeconds?: number | null;
}

/** An open transaction of pg-boss; its `db` goes into the options of pg-boss's methods. */
export interface Transaction {
  readonly db: { executeSql(text: string): Promise<unknown> };
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** One claim on a job: pg-boss leaves the job alone once another worker has claimed it. */
type Attempt = Pick<FetchedJob, "id" | "retryCount">;
interface InTransaction {
  readonly db: unknown;
}
/** How many jobs a statement has changed. */
interface Changed {
  readonly affected?: number;
}

/** The same methods as they are. */
export interface Driver {
  work(
    name: string,
    options: object,
    handler: (jobs: readonly FetchedJob[]) => Promise<readonly JobReport[]>,
  ): Promise<string>;
  offWork(name: string, options: { readonly id: string; readonly wait: boolean }): Promise<void>;
  notifyWorker(workerId: string): void;
  getQueue(name: string): Promise<Queue | null>;
  fail(name: string, job: Attempt, output: object, options: InTransaction): Promise<Changed>;
  cancel(name: string, job: Attempt, options: InTransaction): Promise<Changed>;
  resume(name: string, id: string, options: InTransaction): Promise<Changed>;
  update(
    name: string,
    data: undefined,
    options: InTransaction & {
      readonly id: string;
      readonly startAfter: number;
      readonly retryLimit?: number;
    },
  ): Promise<unknown>;
  getDb(): { beginTransaction?(): Promise<Transaction> };
  on(event: "error", listener: (error: unknown) => void): unknown;
  once(event: "stopped", listener: () => void): unknown;
  off(event: "stopped", listener: () => void): unknown;
  listenerCount(event: "error"): number;
}

const METHODS = [
  "work",
  "offWork",
  "notifyWorker",
  "getQueue",
  "fail",
  "cancel",
  "resume",
  "update",
  "getDb",
  "on",
  "once",
] as const satisfies readonly (keyof Driver)[];

/** What is wrong with it, or the instance with its real types. */
export function driverOf(boss: unknown): { readonly driver: Driver } | { readonly problem: string } {
  const methods = (boss ?? {}) as Readonly<Record<string, unknown>>;
  if (!METHODS.every((name) => typeof methods[name] === "function")) {
    return { problem: 'the first argument must be a PgBoss, from import { PgBoss } from "pg-boss"' };
  }
  // Since 12.35 pg-boss fences what a worker says of a job to the worker's own claim, and keeps a job's first id. Nothing tells its
  // version; this method came with it.
  if (typeof methods["previewRedrive"] !== "function") {
    return { problem: "this pg-boss is too old: install pg-boss 12.35 or newer (npm install pg-boss@12)" };
  }
  const driver = boss as Driver;
  if (typeof driver.getDb().beginTransaction !== "function") {
    return {
      problem:
        "the database adapter of this PgBoss cannot begin a transaction; give PgBoss a connection string, or an adapter with beginTransaction",
    };
  }
  return { driver };
}
