import { processTable } from "./process-table.ts";
import type { ProcessStat } from "./table/table.ts";
import { signalGroup } from "./send-signal.ts";

/** The first process of a tree. Its start time is known where it costs next to nothing to read. */
export interface Leader {
  readonly pid: number;
  readonly startTime: number | undefined;
}

/** Within this time the system cannot have reused a pid. */
export const NUMBERS_LAST_MS = 2000;

/**
 * The process group that a leader began. Once its last member has ended, the system may give its id to another group. So hardcall signals
 * the group only with a proof that it is the same: the leader is our own child and not reaped; it is there with its start time; a member
 * is known to be part of the tree; or one of these was true a moment ago. Without a process table only the first proof and the end of the
 * group are visible, and hardcall trusts the id in between.
 */
export class ProcessGroup {
  readonly #leader: Leader;
  #gone: boolean;
  #isReserved: boolean;
  #provedAt = -Infinity;
  #leaderExitedAt = -Infinity;

  /** @param isReserved whether the system cannot reuse the id before `leaderExited` */
  constructor(leader: Leader, isReserved: boolean) {
    this.#leader = leader;
    this.#isReserved = isReserved;
    // 0 is the group of the kernel's own threads, 1 is init's.
    this.#gone = !(leader.pid > 1);
  }

  /** Its id, while a proof holds that it is ours. */
  get number(): number | undefined {
    if (this.#gone) return undefined;
    return this.#isReserved || this.#isProved() ? this.#leader.pid : undefined;
  }

  /**
   * The id of the session that the leader began, which is its pid as well: while the group is ours, and for as long after the leader's end
   * as the system cannot have reused it. What left the group is still in the session unless it left that, too.
   */
  get session(): number | undefined {
    const isOurs = performance.now() - this.#leaderExitedAt < NUMBERS_LAST_MS && this.#leader.pid > 1;
    return isOurs ? this.#leader.pid : this.number;
  }

  /** The leader was reaped: from now on the id is reserved only while the group has another member. */
  leaderExited(): void {
    // Only of our own child is the moment of its end known.
    if (this.#isReserved) this.#leaderExitedAt = performance.now();
    this.#isReserved = false;
    if (signalGroup(this.#leader.pid, 0)) this.#provedAt = performance.now();
    else this.#gone = true;
  }

  /** Whether a group with that id exists; it may be another program's. Once false, it stays false for ours. */
  exists(): boolean {
    const isOurs = this.number !== undefined;
    if (this.#gone) return false;
    if (!signalGroup(this.#leader.pid, 0)) this.#gone = true;
    else if (isOurs) this.#provedAt = performance.now();
    return !this.#gone;
  }

  /** Whether a certain member of the tree is in it. Another program's group has none, because a group does not span sessions. */
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
    const table = processTable();
    if (!table.has.groups) return this.#provedAt > 0;
    // A `ps` for it would take longer than the number is safe: the next look finds a member that proves it, or none.
    if (!table.isQuick) return false;
    const isThere = startTime !== undefined && table.read(pid)?.startTime === startTime;
    if (isThere) this.#provedAt = performance.now();
    return isThere;
  }
}
