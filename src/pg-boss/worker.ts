import { ConfigError } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import type { Settled } from "../core/settled.ts";
import type { CallInside } from "../call/inside.ts";
import type { KeyParts } from "../call/contract-options.ts";
import { enterHost, underHost, type HostPlace } from "../process/host-signals.ts";
import type { Driver, FetchedJob, JobReport } from "./boss.ts";
import { dispositionOf } from "./disposition.ts";
import type { ReadOptions } from "./options.ts";
import { failFor, putOff } from "./put-off.ts";

/** How long pg-boss may take to record the jobs of a worker that has stopped. */
const LAST_WRITES_MS = 15_000;

/** The calls of one `work()`: each job of the queue is one call. */
export class Worker<Input> {
  readonly #boss: Driver;
  readonly #queue: string;
  readonly #call: CallInside<Input>;
  readonly #options: ReadOptions<Input>;
  readonly #ids: string[] = [];
  /** Cancels the running calls, in place of the signal that the host got. */
  readonly #cancel = new AbortController();
  readonly #host: HostPlace;
  readonly #running = new Set<Promise<unknown>>();
  #stopped: Promise<void> | undefined;

  constructor(boss: Driver, queue: string, call: CallInside<Input>, options: ReadOptions<Input>) {
    this.#boss = boss;
    this.#queue = queue;
    this.#call = call;
    this.#options = options;
    this.#host = enterHost();
  }

  get ids(): readonly string[] {
    return [...this.#ids];
  }

  async start(): Promise<void> {
    this.#boss.once("stopped", this.#onBossStopped);
    this.#host.signal.addEventListener("abort", this.#onHostSignal, { once: true });
    const { concurrency, pgBoss } = this.#options;
    const options = { ...pgBoss, includeMetadata: true, perJobResults: true };
    try {
      // Not one with `localConcurrency`: pg-boss then tells only the first id, and no fetch loop could be woken by its own.
      for (let index = 0; index < concurrency; index++) {
        const id = await this.#boss.work(this.#queue, options, (jobs) => this.#handle(jobs, index));
        this.#ids.push(id);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#host.signal.aborted) this.#onHostSignal();
  }

  /** Fetches no more jobs, lets the running calls end, cancels them after the grace, and gives their jobs back. Never rejects. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const stopping = this.#ids.map((id) => this.#boss.offWork(this.#queue, { id, wait: true }));
    // The calls, and what pg-boss records of their jobs. A pg-boss that has stopped waits for no call.
    const ended = Promise.allSettled([...stopping, ...this.#running]);
    await settledWithin(ended, this.#options.stopGraceMs);
    this.#cancel.abort(this.#host.signal.reason ?? new Error("the worker was stopped"));
    await settledWithin(ended, this.#call.stopMs + LAST_WRITES_MS);
    this.#leave();
  }

  #leave(): void {
    this.#boss.off("stopped", this.#onBossStopped);
    this.#host.signal.removeEventListener("abort", this.#onHostSignal);
    this.#host.leave();
  }

  readonly #onHostSignal = (): void => void this.stop();

  /** pg-boss has given up the jobs and aborted their signals; their calls still end their children and tell the ledger. */
  readonly #onBossStopped = (): void => {
    this.#stopped ??= settledWithin(
      Promise.allSettled(this.#running),
      this.#call.stopMs + LAST_WRITES_MS,
    ).then(() => this.#leave());
  };

  /** Never rejects: pg-boss would fail the whole batch. */
  async #handle(jobs: readonly FetchedJob[], index: number): Promise<readonly JobReport[]> {
    const work = Promise.all(jobs.map((job) => this.#run(job as FetchedJob<Input>)));
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
      const id = this.#ids[index];
      // There may be more: without this, a loop would wait out its polling interval after each fetch.
      if (id !== undefined && jobs.length >= this.#options.batchSize) this.#boss.notifyWorker(id);
    }
  }

  async #run(job: FetchedJob<Input>): Promise<JobReport> {
    const { id } = job;
    const settled = await this.#settle(job);
    const stopping = this.#cancel.signal.aborted || job.signal.aborted;
    const disposition = dispositionOf(settled, this.#call.store, stopping);
    const { kind, output } = disposition;
    switch (kind) {
      case "complete":
        return { id, status: "completed", output };
      case "dead_letter":
        return { id, status: "deadletter", output };
      case "retry": {
        const { delayMs } = disposition;
        if (delayMs !== undefined)
          await this.#record(job, (boss, name) => failFor(boss, name, job, delayMs, output));
        break;
      }
      case "put_off":
        await this.#record(job, (boss, name) => putOff(boss, name, job, disposition.delayMs, output));
        break;
      default:
        disposition satisfies never;
    }
    // If it was recorded above, the job is no longer active under this claim, and pg-boss leaves it alone.
    return { id, status: "failed", output };
  }

  async #record(
    { signal }: FetchedJob<Input>,
    write: (boss: Driver, queue: string) => Promise<boolean>,
  ): Promise<void> {
    // pg-boss has taken the job away already, and its pool may be closed.
    if (signal.aborted) return;
    try {
      await write(this.#boss, this.#queue);
    } catch {
      // What pg-boss does next with the failed job holds: it retries it after the queue's delay, or its database is gone.
    }
  }

  async #settle(job: FetchedJob<Input>): Promise<Settled<unknown>> {
    const { id, data, retryCount, sourceRootId, signal } = job;
    const first = sourceRootId === null || sourceRootId === id ? "" : `, first sent as ${sourceRootId}`;
    let key: KeyParts | undefined;
    try {
      key = this.#keyOf(job);
    } catch (error) {
      return new ConfigError(this.#call.name, [`the key function of work() threw ${errorName(error)}`]);
    }
    const requestedBy = `job ${id} of the queue ${this.#queue}, retry ${retryCount}${first} (pg-boss)`;
    return await underHost(this.#cancel.signal, () =>
      this.#call.settle((data ?? undefined) as Input, { key, signal, requestedBy }),
    );
  }

  #keyOf(job: FetchedJob<Input>): KeyParts | undefined {
    const { key } = this.#options;
    // Not `undefined` from a function that forgot to return: the definition's key would take its place.
    if (key !== undefined) return key(job) ?? "";
    return this.#call.hasKey ? undefined : (job.sourceRootId ?? job.id);
  }
}

/** Resolves when the work is done, or when its time is over. */
async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
