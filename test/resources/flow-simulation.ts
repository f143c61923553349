import type { Leave, Waiting } from "../../src/resources/types.ts";
import { SUCCESS, World } from "./harness.ts";

/** What comes to the processes of one resource. Times are in milliseconds. */
export interface Traffic {
  readonly processes: number;
  readonly concurrency: number;
  readonly workMs: number;
  /** When each call comes, and to which process. In order. */
  readonly calls: readonly { readonly at: number; readonly process: number }[];
}

/** How long a change of the ledger takes. Changes wait for one another. */
const CHANGE_MS = 2;
/** As agent/batch.ts has it. */
const MOST_HEADS = 64;
/** As agent/timer.ts has it. */
const LOOK_MS = 1000;

interface Call {
  readonly nth: number;
  readonly waiting: Waiting;
}

interface Process {
  readonly line: Call[];
  leaves: Leave[];
  isTalking: boolean;
  hasNews: boolean;
  isLineKnown: boolean;
  lookAt: number;
}

/** What became of the calls. */
export interface Flow {
  /** How much of the places was in use while calls waited, 0 to 1. */
  readonly utilisation: number;
  /** The longest time in which a place was free although a call waited. */
  readonly longestIdleMs: number;
  /** How much later than in order of arrival a call began, at most. In that order, the nth call to come is the nth to begin. */
  readonly latestMs: number;
  /** How many earlier calls still waited when a call began, on average. */
  readonly overtaken: number;
  /** How many calls began. */
  readonly begun: number;
}

/**
 * Processes that share places, in virtual time: the rules are the real ones, and each process speaks with the ledger when its agent would.
 */
export class FlowSimulation {
  readonly #traffic: Traffic;
  readonly #world: World;
  readonly #processes: Process[];
  readonly #events: { readonly at: number; readonly run: () => void }[] = [];
  readonly #begun: number[] = [];
  readonly #samples: { readonly at: number; readonly running: number; readonly waiting: number }[] = [];
  #now = 0;
  #ledgerFreeAt = 0;
  #running = 0;
  #waiting = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.#world = new World({ concurrency: traffic.concurrency });
    this.#processes = Array.from({ length: traffic.processes }, () => ({
      line: [],
      leaves: [],
      isTalking: false,
      hasNews: false,
      isLineKnown: false,
      lookAt: Infinity,
    }));
  }

  run(): Flow {
    const { calls } = this.#traffic;
    calls.forEach(({ at, process }, nth) => this.#at(at, () => this.#enter(process, nth)));
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      this.#now = next.at;
      next.run();
      this.#samples.push({ at: this.#now, running: this.#running, waiting: this.#waiting });
    }
    return this.#result();
  }

  #at(at: number, run: () => void): void {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, run });
  }

  #enter(process: number, nth: number): void {
    const { line, isLineKnown } = this.#process(process);
    const waiting = this.#world.waiting({ arrivedAt: this.#instant(this.#now) });
    line.push({ nth, waiting });
    this.#waiting += 1;
    if (line.length <= MOST_HEADS || !isLineKnown) this.#pulse(process);
  }

  #process(nth: number): Process {
    return this.#processes[nth] as Process;
  }

  #instant(ms: number) {
    this.#world.ms = Math.floor(ms);
    return this.#world.now();
  }

  #pulse(nth: number): void {
    const process = this.#process(nth);
    process.hasNews = true;
    if (!process.isTalking) this.#talk(nth);
  }

  #talk(nth: number): void {
    const process = this.#process(nth);
    process.isTalking = true;
    process.hasNews = false;
    const talkedAt = this.#now;
    const { leaves } = process;
    const heads = process.line.slice(0, MOST_HEADS);
    const count = process.line.length;
    this.#ledgerFreeAt = Math.max(this.#ledgerFreeAt, this.#now) + CHANGE_MS;
    this.#at(this.#ledgerFreeAt, () => {
      this.#instant(this.#now);
      const { answers, nextLookMs } = this.#world.ask(
        nth,
        heads.map(({ waiting }) => waiting),
        leaves,
        count,
      );
      process.leaves = process.leaves.slice(leaves.length);
      let waits = 0;
      for (const call of heads) {
        const answer = answers.get(call.waiting.ticket);
        if (answer?.kind === "granted") this.#begin(nth, call);
        else if (answer?.kind === "waits") waits += 1;
      }
      process.isLineKnown = waits > 0;
      process.isTalking = false;
      const isStale = (process.line.length === 0) === process.isLineKnown;
      if (process.hasNews || isStale || process.leaves.length > 0) this.#talk(nth);
      else this.#rest(nth, talkedAt + Math.max(LOOK_MS, nextLookMs));
    });
  }

  #rest(nth: number, lookAt: number): void {
    const process = this.#process(nth);
    process.lookAt = lookAt;
    if (process.line.length === 0) return;
    this.#at(Math.max(lookAt, this.#now), () => {
      if (process.lookAt !== lookAt || process.isTalking || process.line.length === 0) return;
      this.#talk(nth);
    });
  }

  #begin(nth: number, call: Call): void {
    const process = this.#process(nth);
    process.line.splice(process.line.indexOf(call), 1);
    this.#begun[call.nth] = this.#now;
    this.#waiting -= 1;
    this.#running += 1;
    this.#at(this.#now + this.#traffic.workMs, () => {
      this.#running -= 1;
      process.leaves = [...process.leaves, { ticket: call.waiting.ticket, ...SUCCESS }];
      this.#pulse(nth);
    });
  }

  #result(): Flow {
    const { calls, concurrency } = this.#traffic;
    let [idle, wanted, since, longest] = [0, 0, this.#samples[0]?.at ?? 0, 0];
    this.#samples.forEach(({ at, running, waiting }, nth) => {
      const ms = (this.#samples[nth + 1]?.at ?? at) - at;
      // More places than calls that wait are not wanted.
      const free = Math.min(waiting, concurrency - running);
      if (waiting > 0) wanted += Math.min(concurrency, running + waiting) * ms;
      idle += free * ms;
      if (free === 0) since = at + ms;
      else longest = Math.max(longest, at + ms - since);
    });
    const inOrder = this.#begun.toSorted((one, other) => one - other);
    const latest = Math.max(...this.#begun.map((begun, nth) => begun - (inOrder[nth] as number)));
    let overtaken = 0;
    this.#begun.forEach((begun, nth) => {
      overtaken += this.#begun.slice(0, nth).filter((earlier) => earlier > begun).length;
    });
    return {
      utilisation: 1 - idle / wanted,
      longestIdleMs: longest,
      latestMs: latest,
      overtaken: overtaken / calls.length,
      begun: inOrder.length,
    };
  }
}
