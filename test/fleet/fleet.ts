import { setTimeout as wait } from "node:timers/promises";
import { commandLineOf, survivorsAfter } from "../helpers/processes.ts";
import { Random } from "../helpers/random.ts";
import type { Host } from "./hosts/network.ts";
import { firstClockMs } from "./plan/faults.ts";
import { KINDS, LIMITS } from "./plan/jobs.ts";
import type { Life } from "./records.ts";
import { processesOf, Worker, type WorkerKind } from "./worker.ts";

/** The guardian of a killed worker may take so long to end what the worker has started. */
const LEFT_WITHIN_MS = 5000;
/** A call, and what stopping it takes. */
const STOP_WITHIN_MS = 45_000;

export interface FleetOptions {
  readonly seed: string;
  readonly kind: WorkerKind;
  readonly hosts: readonly Host[];
  readonly database: string;
}

/** A worker on each host, started anew when it has ended, as systemd does. */
export class Fleet {
  readonly workers = new Map<number, Worker>();
  readonly lives: Life[] = [];
  /** What is wrong with a worker, and not with one job. */
  readonly broken: string[] = [];
  readonly #options: FleetOptions;
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#running = Promise.all(options.hosts.map((host, worker) => this.#keepAlive(host, worker)));
  }

  /** Tells every worker to stop, and waits until all have ended. */
  async stop(): Promise<void> {
    this.#isOver = true;
    for (const worker of this.workers.values()) worker.close();
    await Promise.race([this.#running, wait(STOP_WITHIN_MS, undefined, { ref: false })]);
    for (const worker of this.workers.values()) if (worker.isRunning) this.broken.push(worker.stuck);
  }

  async #keepAlive(host: Host, worker: number): Promise<void> {
    const random = new Random(this.#options.seed, "worker", worker);
    const { kind, database } = this.#options;
    for (let nth = 1; !this.#isOver; nth++) {
      const options = { database, clockMs: firstClockMs(random), kinds: KINDS, limits: LIMITS };
      const running = new Worker(host, { kind, worker, id: `${host.name}.${nth}`, options });
      this.workers.set(worker, running);
      this.lives.push(running.life);
      await running.exited();
      if (running.crash !== undefined) this.broken.push(running.crash);
      await this.#findLeft(running);
      await wait(random.between(200, 1000));
    }
  }

  /** No child outlives its worker. */
  async #findLeft({ life }: Worker): Promise<void> {
    const left = await survivorsAfter(LEFT_WITHIN_MS, processesOf(life));
    for (const pid of left) this.broken.push(`left by worker ${life.id}: ${pid} ${commandLineOf(pid)}`);
  }
}
