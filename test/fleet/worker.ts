import { fileURLToPath } from "node:url";
import { LineProcess } from "../helpers/line-process.ts";
import { childrenOf, isAlive, processesWith } from "../helpers/processes.ts";
import { childEnv } from "../helpers/run.ts";
import { suspend } from "../helpers/suspensions.ts";
import type { Host } from "./hosts/network.ts";
import type { WorkerOptions } from "./processes/begin-worker.ts";
import type { Life } from "./records.ts";

const CLOCK = fileURLToPath(new URL("../helpers/shifted-clock.ts", import.meta.url));

/** `hardcall` works with the library, `naive` with pg-boss alone. */
export type WorkerKind = "hardcall" | "naive";

export interface WorkerStart {
  readonly kind: WorkerKind;
  readonly worker: number;
  /** Of this life: in the environment of all that it starts, and in all that it sends. */
  readonly id: string;
  readonly options: WorkerOptions;
}

/** What a life of a worker has started, in this run: others may go on beside it. */
export function processesOf({ id }: Life): number[] {
  const ours = new Set(processesWith(`TMPDIR=${process.env["TMPDIR"]}\0`));
  return processesWith(`FLEET_LIFE=${id}\0`).filter((pid) => ours.has(pid));
}

/** One life of a worker, on its host. */
export class Worker {
  readonly life: Life;
  readonly #host: Host;
  readonly #process: LineProcess;
  #pid: number | undefined;
  #isReady = false;
  #isClosed = false;

  constructor(host: Host, { kind, worker, id, options }: WorkerStart) {
    const program = fileURLToPath(new URL(`processes/${kind}-worker.ts`, import.meta.url));
    const node = [process.execPath, "--import", CLOCK, program, JSON.stringify(options)];
    const [file = "", ...args] = [...host.inside, ...node];
    this.#host = host;
    this.#process = new LineProcess(file, args, childEnv({ FLEET_LIFE: id }));
    this.#process.lines.once("line", () => (this.#isReady = true));
    this.life = { id, worker, begunAt: Date.now(), endedAt: Infinity, suspensions: [] };
  }

  get isRunning(): boolean {
    return this.#process.ending === undefined;
  }

  /** Why it ended by itself, once it had begun to work. */
  get crash(): string | undefined {
    if (this.life.killed || this.#isClosed || !this.#isReady || this.isRunning) return undefined;
    return `worker ${this.life.id} ended by itself (${this.#process.ending}): ${this.#process.stderr}`;
  }

  /** What is known of one that does not end. */
  get stuck(): string {
    return `worker ${this.life.id} was told to stop and runs on: ${this.#process.stderr}`;
  }

  setWallClock(ms: number): void {
    this.#process.say(ms);
  }

  kill(): void {
    this.life.killed = true;
    this.#signal("SIGKILL");
  }

  /** `whole`: with every other process of its host. @returns what wakes it */
  suspend(whole: boolean): () => void {
    const others = whole ? this.#host.processes() : [];
    return suspend(this.life.suspensions, { whole }, (signal) => {
      for (const pid of others) send(pid, signal);
      this.#signal(signal);
    });
  }

  /** It has no more work to take, and must end by itself. */
  close(): void {
    this.#isClosed = true;
    this.#process.close();
  }

  async exited(): Promise<void> {
    await this.#process.exited();
    this.life.endedAt = Date.now();
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.isRunning) return;
    // Its own process, and not the one that brought it to its host.
    this.#pid ??=
      this.#host.inside.length === 0 ? this.#process.pid : childrenOf(this.#process.pid, "-worker.ts")[0];
    if (this.#pid !== undefined) send(this.#pid, signal);
    // nsenter suspends itself with its child (util-linux, `continue_as_child`), and would not see that end.
    if (signal === "SIGCONT") this.#process.signal(signal);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    if (isAlive(pid)) process.kill(pid, signal);
  } catch {
    // It ended since we looked.
  }
}
