import { setImmediate as loopTurn, setTimeout as sleep } from "node:timers/promises";
import { TurnFile } from "./file.ts";
import { type MachineMs, nextStep, TURN_MS, type WaitingProcess } from "./queue.ts";

/** How long to wait before the next look. `near`: what it waits for may come at any moment. */
export interface Pause {
  readonly ms: number;
  readonly near: boolean;
}

/** How long the thread sleeps at a lock that is about to be free, where a timer would be too coarse. */
const NAP_MS = 0.25;
/** How long it naps before it takes the lock for one that is held for long, and waits by timers. */
const NAPS_FOR_MS = 6;
/** Jitter keeps processes that meet at one lock without an order from meeting there again. */
const SHORTEST_PAUSE_MS = 1;
const PAUSE_SPREAD_MS = 4;
export const randomPause = (): Pause => ({
  ms: SHORTEST_PAUSE_MS + Math.random() * PAUSE_SPREAD_MS,
  near: false,
});

/** A turn goes on until a process has written so often, which is two calls with a key and a start, but not for longer than this. */
const WRITES = 7;
const LONGEST_TURN_MS = 12;
/** How long before its end a turn is made longer. */
const EXTEND_MS = 1;
/** A turn of a process that has had nothing to write for so long is given back. */
const IDLE_MS = 1;

/** On Linux, macOS and Windows one clock for all processes of a boot. */
function machineNow(): MachineMs {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/**
 * Turns at writing to a ledger. SQLite's lock has no order: a process that has it takes it again and again, and the others find it by
 * chance. Here a process writes for a turn of some milliseconds, then the one that has waited longest is next.
 *
 * It is advice in a file beside the ledger, and never fails: where the file cannot be used, processes wait by chance as before.
 */
export class Turns {
  readonly #ledger: string;
  readonly #now: () => MachineMs;
  /** Random: numbers of processes are not unique across containers. */
  readonly #id = 1 + Math.trunc(Math.random() * 2 ** 52);
  /** `null` once it could not be used. */
  #file: TurnFile | null | undefined;
  #ownSince: MachineMs = 0;
  #ownUntil: MachineMs = 0;
  #writes = 0;
  #since: MachineMs | undefined;
  /** When it last saw the lock held, by another or by itself. */
  #heldAt: MachineMs = 0;
  #napUntil: MachineMs | undefined;
  #passed: readonly WaitingProcess[] = [];
  #usedAt: MachineMs = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #waiting = 0;

  /** @param now the clock that all processes of the machine share */
  constructor(ledger: string, now: () => MachineMs = machineNow) {
    this.#ledger = ledger;
    this.#now = now;
  }

  /** Begins a wait, which `leave` ends. */
  enter(): void {
    this.#waiting += 1;
  }

  /**
   * Whether to try for the lock now.
   *
   * @returns how long to wait before the next look, in milliseconds; `undefined`: try
   */
  step(): Pause | undefined {
    const now = this.#now();
    if (this.#isOurs(now)) return undefined;
    return this.#withFile(false, (file) => {
      const view = file.read();
      const me = { id: this.#id, since: this.#since ?? now };
      const step = nextStep(view, me, now, Math.max(this.#heldAt, this.#ownUntil));
      if (step.kind === "wait") {
        this.#enlist(file, me);
        return step;
      }
      this.#passed = step.passed;
      return undefined;
    });
  }

  /** The lock is another's. @returns as `step` */
  busy(): Pause {
    const now = this.#now();
    this.#ownUntil = 0;
    this.#heldAt = now;
    this.#napUntil ??= now + NAPS_FOR_MS;
    const listed = this.#withFile(true, (file) => {
      file.read();
      this.#enlist(file, { id: this.#id, since: this.#since ?? now });
      return true;
    });
    const near = listed === true && now < this.#napUntil;
    return near ? { ms: NAP_MS, near } : randomPause();
  }

  /** The lock is this process's: its turn begins, or goes on. To be called with the lock held. */
  took(): void {
    const now = this.#now();
    this.#usedAt = now;
    this.#napUntil = undefined;
    this.#writes += 1;
    const isNew = this.#ownUntil === 0;
    if (!isNew && this.#since === undefined) return;
    if (isNew) {
      this.#ownSince = now;
      this.#writes = 1;
      this.#ownUntil = now + TURN_MS;
    }
    this.#withFile(false, (file) => {
      if (isNew) file.writeTurn(this.#id, this.#ownUntil);
      const struck = this.#passed.map(({ id }) => id);
      if (this.#since !== undefined) struck.push(this.#id);
      file.strike(struck);
    });
    this.#passed = [];
    this.#since = undefined;
    this.#watchIdle();
  }

  /** Ends a wait, with or without success. */
  leave(): void {
    this.#usedAt = this.#now();
    this.#waiting -= 1;
    if (this.#isTurnOver(this.#usedAt)) this.#giveBack(this.#usedAt);
    if (this.#waiting > 0 || this.#since === undefined) return;
    this.#since = undefined;
    this.#withFile(false, (file) => {
      file.read();
      file.strike([this.#id]);
    });
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    this.#giveBack(this.#now());
    this.#file?.close();
    this.#file = null;
  }

  /** Whether the turn goes on: on a slow disk it is not over after half a call. */
  #isOurs(now: MachineMs): boolean {
    if (this.#ownUntil === 0) return false;
    if (this.#isTurnOver(now)) {
      this.#giveBack(now);
      return false;
    }
    if (this.#writes >= WRITES || now < this.#ownUntil - EXTEND_MS) return true;
    // In time: the next one tries when the turn is over.
    this.#withFile(false, (file) => {
      const { holder } = file.read();
      // It was over, and another has begun one.
      this.#ownUntil = holder === this.#id || holder === 0 ? now + TURN_MS : 0;
      if (this.#ownUntil > 0) file.writeTurn(this.#id, this.#ownUntil);
    });
    return this.#ownUntil > 0;
  }

  #isTurnOver(now: MachineMs): boolean {
    const ownMs = now - this.#ownSince;
    return ownMs >= LONGEST_TURN_MS || (ownMs >= TURN_MS && this.#writes >= WRITES);
  }

  #enlist(file: TurnFile, me: WaitingProcess): void {
    this.#since = me.since;
    if (!file.isListed(me)) file.enlist(me);
  }

  #watchIdle(): void {
    this.#idleTimer ??= setTimeout(() => {
      this.#idleTimer = undefined;
      if (this.#ownUntil === 0) return;
      const now = this.#now();
      if (this.#waiting === 0 && now >= this.#usedAt + IDLE_MS) return this.#giveBack(now);
      this.#watchIdle();
    }, IDLE_MS).unref();
  }

  #giveBack(now: MachineMs): void {
    if (this.#ownUntil === 0) return;
    this.#heldAt = now;
    this.#ownUntil = 0;
    this.#withFile(false, (file) => {
      if (file.read().holder === this.#id) file.writeTurn(0, now);
    });
  }

  #withFile<T>(create: boolean, use: (file: TurnFile) => T): T | undefined {
    if (this.#file === null) return undefined;
    try {
      this.#file ??= TurnFile.open(this.#ledger, { create });
      return this.#file === undefined ? undefined : use(this.#file);
    } catch {
      // Read-only, a full disk, another user's: from now on without an order. SQLite's lock still arbitrates.
      this.#file?.close();
      this.#file = null;
      return undefined;
    }
  }
}

const asleep = new Int32Array(new SharedArrayBuffer(4));

/** Waits by a timer, or near the end of another's turn by a sleep of the thread, of 2 ms at most. */
export async function pauseForLock({ ms, near }: Pause): Promise<void> {
  if (!near) return await sleep(ms);
  try {
    Atomics.wait(asleep, 0, 0, ms);
  } catch {
    return await sleep(1); // A thread that must not sleep.
  }
  await loopTurn();
}
