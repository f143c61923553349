import { execFileSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FaultPoint } from "../../src/core/fault-points.ts";
import { LineProcess } from "../helpers/line-process.ts";
import { childrenOf } from "../helpers/processes.ts";
import { suspend } from "../helpers/suspensions.ts";
import type { Order } from "./calls.ts";
import type { HostAnswer, HostNews, HostOrder } from "./processes/host.ts";
import type { CallRecord, Life } from "./records.ts";

const HOST = fileURLToPath(new URL("processes/host.ts", import.meta.url));
const CLOCK = fileURLToPath(new URL("../helpers/shifted-clock.ts", import.meta.url));
/** A pid namespace with a /proc of its own, as a container has; what runs in it dies with its first process. */
const CONTAINED = ["--pid", "--fork", "--mount-proc", "--kill-child"] as const;

/** Whether this machine lets a process live in a pid namespace of its own (root, and not every container). */
export const canContain = tryContain();

/** One life of a host. It is started again under the same number when it has died. */
export class HostHandle {
  readonly life: Life;
  readonly #process: LineProcess;
  readonly #calls = new Map<number, (answer: HostAnswer | undefined) => void>();
  #nextId = 0;
  #isGone = false;
  #onWork: (() => void) | undefined;

  private constructor(running: LineProcess, life: Life) {
    this.#process = running;
    this.life = life;
    running.lines.on("line", (line) => {
      const told = JSON.parse(line) as HostAnswer | HostNews;
      if (told === "at work") this.#onWork?.();
      else this.#calls.get(told.id)?.(told);
    });
    // Its answers are read before it counts as dead.
    running.lines.once("close", () => {
      this.#isGone = true;
      for (const settle of this.#calls.values()) settle(undefined);
    });
  }

  static async begin(of: {
    readonly host: number;
    readonly contained: boolean;
    readonly ledger: string;
    readonly env: NodeJS.ProcessEnv;
    readonly dies: FaultPoint | undefined;
  }): Promise<HostHandle> {
    const { host, contained, ledger, env, dies } = of;
    const node = [process.execPath, "--import", CLOCK, HOST, ledger] as const;
    const [file, ...args] = contained ? ["unshare", ...CONTAINED, ...node] : node;
    const running = new LineProcess(file, args, { ...env, HARDCALL_TEST_FAULT_POINT: dies });
    await running.next();
    // Its own process in the namespace, not the one that made the namespace.
    const pid = contained ? childrenOf(running.pid, HOST)[0] : running.pid;
    if (pid === undefined) throw new Error(`host ${host} has no process`);
    return new HostHandle(running, { host, contained, pid, dies, suspensions: [] });
  }

  /** Makes a call. Its record has no answer when the host dies before it can tell, and no end while it runs. */
  call(order: Order): { readonly record: CallRecord; readonly ended: Promise<CallRecord> } {
    const { url: _, onInProgress: __, ...subject } = order;
    const record: CallRecord = { subject, life: this.life, begunAt: Date.now() };
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<CallRecord>();
    const settle = (answer: HostAnswer | undefined) => {
      this.#calls.delete(id);
      record.endedAt = Date.now();
      if (answer !== undefined) record.answer = answer;
      resolve(record);
    };
    this.#calls.set(id, settle);
    if (this.#isGone) settle(undefined);
    else this.#say({ id, order });
    return { record, ended: promise };
  }

  setWallClock(wallClockMs: number): void {
    this.#say({ wallClockMs });
  }

  kill(): void {
    this.life.ended = "killed";
    this.#signal("SIGKILL");
  }

  /** Waits until it has started a function that has not sent its request yet, but no longer than this. */
  async atWork(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onWork = resolve;
    await Promise.race([promise, wait(withinMs, undefined, { ref: false })]);
    this.#onWork = undefined;
  }

  /** @returns what wakes it */
  suspend(): () => void {
    return suspend(this.life.suspensions, {}, (signal) => this.#signal(signal));
  }

  /** It has nothing more to do, and must end by itself. */
  close(): void {
    this.life.ended = "told to end";
    this.#process.close();
  }

  async exited(): Promise<void> {
    await this.#process.exited();
  }

  get isRunning(): boolean {
    return this.#process.ending === undefined;
  }

  /** How it ended and what it said, if the run neither ended it nor planned its end. */
  get crash(): string | undefined {
    const { ended, dies } = this.life;
    if (ended !== undefined || dies !== undefined || this.isRunning) return undefined;
    return `host ${this.life.host} ended by itself (${this.#process.ending}): ${this.#process.stderr}`;
  }

  #say(order: HostOrder): void {
    this.#process.say(order);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(this.life.pid, signal);
  }
}

function tryContain(): boolean {
  try {
    execFileSync("unshare", [...CONTAINED, "true"], { stdio: "ignore", timeout: 30_000 });
    return true;
  } catch {
    return false; // No right to make namespaces: every host lives on this machine.
  }
}
