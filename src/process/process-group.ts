import { procIsOurs, readStat } from "./proc-table.ts";
import type { ProcessStat } from "./proc-stat.ts";
import { signalGroup } from "./send-signal.ts";

/** The first process of a tree. Without `/proc` the start time is not known. */
export interface Leader {
  readonly pid: number;
  readonly startTime: number | undefined;
}

/** In so short a time the numbers of processes cannot have gone round. */
export const NUMBERS_LAST_MS = 2000;

/**
 * The process group that a leader began. The system gives its number to strangers once the last of the group has gone, so it is
 * signalled only while one of these proves it: the leader is our own child and not reaped, it is there with its start time, one
 * of the group is known to be of the tree, or one of these was so a moment ago. Without a `/proc` of ours only the first and the
 * end of the group can be seen, and in between the number is trusted.
 */
export class ProcessGroup {
  readonly #leader: Leader;
  #gone: boolean;
  #isReserved: boolean;
  #provedAt = -Infinity;

  /** @param isReserved whether the number cannot be given away before `leaderExited` */
  constructor(leader: Leader, isReserved: boolean) {
    this.#leader = leader;
    this.#isReserved = isReserved;
    // 0 is the group of the kernel's own threads, 1 is init's.
    this.#gone = !(leader.pid > 1);
  }

  /** Its number while it is proved to be ours. */
  get number(): number | undefined {
    if (this.#gone) return undefined;
    return this.#isReserved || this.#isProved() ? this.#leader.pid : undefined;
  }

  /** The leader was reaped: from now on the number is taken only as long as something else is in the group. */
  leaderExited(): void {
    this.#isReserved = false;
    if (signalGroup(this.#leader.pid, 0)) this.#provedAt = performance.now();
    else this.#gone = true;
  }

  /** Something is in a group of that number, which may be a stranger's. Nothing ever is again once this is false. */
  exists(): boolean {
    const isOurs = this.number !== undefined;
    if (this.#gone) return false;
    if (!signalGroup(this.#leader.pid, 0)) this.#gone = true;
    else if (isOurs) this.#provedAt = performance.now();
    return !this.#gone;
  }

  /** Whether a process that is of the tree for certain is in it. A stranger's group has none: groups do not mix sessions. */
  has({ group }: ProcessStat): boolean {
    const isIn = !this.#gone && group === this.#leader.pid;
    if (isIn) this.#provedAt = performance.now();
    return isIn;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.number !== undefined) signalGroup(this.#leader.pid, signal);
  }

  #isProved(): boolean {
    const { pid, startTime } = this.#leader;
    if (performance.now() - this.#provedAt < NUMBERS_LAST_MS) return true;
    if (!procIsOurs()) return this.#provedAt > 0;
    const isThere = startTime !== undefined && readStat(pid)?.startTime === startTime;
    if (isThere) this.#provedAt = performance.now();
    return isThere;
  }
}
