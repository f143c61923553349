import { setTimeout as wait } from "node:timers/promises";
import type { FaultPoint } from "../../src/core/fault-points.ts";
import type { Order } from "./calls.ts";
import { deathOf, HOST_COUNT, isContained } from "./faults.ts";
import { canContain, HostHandle } from "./host-handle.ts";
import { Random } from "../helpers/random.ts";
import type { CallRecord } from "./records.ts";
import { subjectOf, type Subject } from "./subject.ts";

const NUMBERS = Array.from({ length: HOST_COUNT }, (_, number) => number);
const CALLS_AT_ONCE = 4;
/** Longer than any call and any suspension. */
const GIVEN_UP_MS = 120_000;
const KEYS_PER_SECOND = 4;
/** So many keys are called at a time: a key for longer than its effect may take to appear. Now and then an older one is. */
const WINDOW = 60;

export interface FleetOptions {
  readonly seed: string;
  readonly ledger: string;
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
}

/** All hosts of a run: each makes several calls at once, of keys that the others call too, and is started again when it has died. */
export class Fleet {
  readonly hosts = new Map<number, HostHandle>();
  readonly calls: CallRecord[] = [];
  readonly subjects = new Map<string, Subject>();
  readonly crashes: string[] = [];
  lives = 0;
  readonly #options: FleetOptions;
  #beganAt = 0;
  #isOver = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Starts every host. */
  async begin(): Promise<void> {
    await Promise.all(NUMBERS.map((host) => this.#start(host, undefined)));
  }

  /** Calls until `stop`; ends when the last of the calls has ended. */
  async run(): Promise<void> {
    this.#beganAt = performance.now();
    await Promise.all(NUMBERS.map((host) => this.#keepAlive(host)));
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Has one of the hosts that run make one call. A call that has not ended long after its time is given up. */
  async call(
    subject: Subject,
    host = this.#anyHost(),
    onInProgress: Order["onInProgress"] = "fail",
  ): Promise<CallRecord> {
    const { record, ended } = host.call({ ...subject, url: this.#options.url, onInProgress });
    this.calls.push(record);
    return await Promise.race([ended, wait(GIVEN_UP_MS, record, { ref: false })]);
  }

  /** Tells every host that there is nothing more to do; gives those that go on all the same. */
  async end(withinMs: number): Promise<readonly HostHandle[]> {
    const running = this.#running;
    for (const host of running) host.close();
    const all = Promise.all(running.map((host) => host.exited()));
    await Promise.race([all, wait(withinMs, undefined, { ref: false })]);
    return running.filter((host) => host.isRunning);
  }

  async #keepAlive(number: number): Promise<void> {
    const random = new Random(this.#options.seed, "host", number);
    let host = this.hosts.get(number);
    while (host !== undefined) {
      const living = host;
      await Promise.all(Array.from({ length: CALLS_AT_ONCE }, () => this.#keepCalling(living, random)));
      if (living.isRunning) return;
      if (living.crash !== undefined) this.crashes.push(living.crash);
      await wait(random.between(100, 1000));
      if (this.#isOver && this.#running.length > 0) return;
      host = await this.#start(number, deathOf(random));
    }
  }

  async #start(host: number, dies: FaultPoint | undefined): Promise<HostHandle> {
    const { ledger, env } = this.#options;
    const contained = isContained(host) && canContain;
    const started = await HostHandle.begin({ host, contained, ledger, env, dies });
    this.hosts.set(host, started);
    this.lives += 1;
    return started;
  }

  async #keepCalling(host: HostHandle, of: Random): Promise<void> {
    const random = new Random(of.next());
    while (host.isRunning && !this.#isOver) {
      await this.call(this.#pick(random), host, random.pick(["fail", "wait"]));
      await wait(random.between(0, 400));
    }
  }

  #pick(random: Random): Subject {
    // What a sleeping host has begun is what another may take over, and only while it is called.
    const asleep = this.#asleep;
    if (asleep.length > 0 && random.chance(0.2)) return random.pick(asleep);
    const newest = Math.floor(((performance.now() - this.#beganAt) / 1000) * KEYS_PER_SECOND);
    const oldest = random.chance(0.1) ? 0 : Math.max(0, newest - WINDOW);
    const subject = subjectOf(this.#options.seed, random.between(oldest, newest));
    this.subjects.set(subject.key, subject);
    return subject;
  }

  get #asleep(): Subject[] {
    const isAsleep = ({ life }: CallRecord) => life.suspensions.some(({ until }) => until === Infinity);
    return this.calls
      .filter((call) => call.endedAt === undefined && isAsleep(call))
      .map(({ subject }) => subject);
  }

  get #running(): HostHandle[] {
    return [...this.hosts.values()].filter((host) => host.isRunning);
  }

  #anyHost(): HostHandle {
    return new Random(this.calls.length, "any").pick(this.#running);
  }
}
