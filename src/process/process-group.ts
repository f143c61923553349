import { existsSync } from "node:fs";
import { pidExists } from "../core/pid-exists.ts";
import { processTable } from "./process-table.ts";
import { lookUp } from "./table/proc.ts";
import type { ProcessStat } from "./table/table.ts";
import { signalGroup } from "./send-signal.ts";

/** The first process of a tree. Its start time is known where it costs next to nothing to read. */
export interface Leader {
  readonly pid: number;
  readonly startTime: number | undefined;
}

/**
 * Who collects a leader when it has ended: this process, the helper that started it, which tells us, or another process, of which we hear
 * nothing.
 */
export type LeaderParent = "us" | "helper" | "other";

/**
 * For how long what was true of a number is trusted. Before that the numbers have hardly gone round, but one that is free may be given
 * out again at once, where it happens to be the next.
 */
export const NUMBERS_LAST_MS = 2000;

/**
 * The process group that a leader began. Once its last member has ended, the system may give its id to another group. So hardcall signals
 * the group only with a proof that it is the same: the leader is our own child and not reaped; it is there with its start time; a member
 * is known to be part of the tree; or one of these was true a moment ago, and no other process has the leader's number. The system gives
 * that to another only when the group and the session have no member left. Without a process table only the first proof and the end of
 * the group are visible, and hardcall trusts the id in between.
 */
export class ProcessGroup {
  readonly #leader: Leader;
  #gone: boolean;
  /** Whether the system cannot reuse the id before `leaderExited`. */
  #isReserved: boolean;
  /** The helper has not told of the leader's end, and would at once. */
  #isToldOfExit: boolean;
  #provedAt = -Infinity;
  #leaderExitedAt = -Infinity;

  constructor(leader: Leader, parent: LeaderParent) {
    this.#leader = leader;
    this.#isReserved = parent === "us";
    this.#isToldOfExit = parent === "helper";
    // 0 is the group of the kernel's own threads, 1 is init's.
    this.#gone = !(leader.pid > 1);
  }

  /** Its id, while a proof holds that it is ours. */
  get number(): number | undefined {
    if (this.#gone) return undefined;
    return this.#isReserved || (!this.#isTaken() && this.#isProved()) ? this.#leader.pid : undefined;
  }

  /**
   * The id of the session that the leader began, which is its pid as well: while the group is ours, and for a while after the leader's
   * end, unless another process has its number. What left the group is still in the session unless it left that, too.
   */
  get session(): number | undefined {
    const isLate = performance.now() - this.#leaderExitedAt > NUMBERS_LAST_MS || this.#leader.pid <= 1;
    if (isLate) return this.number;
    return this.#isTaken() ? undefined : this.#leader.pid;
  }

  /**
   * The leader was reaped: from now on the id is reserved only while the group has another member.
   *
   * @param agoMs how long ago it was; `undefined` if that is not known
   */
  leaderExited(agoMs: number | undefined = this.#isReserved ? 0 : undefined): void {
    if (agoMs !== undefined) this.#leaderExitedAt = performance.now() - agoMs;
    this.#isReserved = false;
    this.#isToldOfExit = false;
    // Another group may have the number by now.
    if (agoMs !== undefined && agoMs > NUMBERS_LAST_MS) return;
    if (!signalGroup(this.#leader.pid, 0)) this.#gone = true;
    else if (!this.#isTaken()) this.#provedAt = performance.now();
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

  /**
   * Whether the leader is our own child, and this process has not been told of its end. It may be a zombie, whose end is about to be told.
   */
  hasUntoldLeader(): boolean {
    return this.#isReserved && pidExists(this.#leader.pid);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.number !== undefined) signalGroup(this.#leader.pid, signal);
  }

  /** Whether another process has the leader's number by now. A free number costs the least. */
  #isTaken(): boolean {
    const { pid, startTime } = this.#leader;
    const table = processTable();
    if (startTime === undefined || table.source !== "/proc" || !existsSync(`/proc/${pid}/stat`)) return false;
    const now = table.read(pid)?.startTime;
    if (now === undefined || now === startTime) return false;
    this.#gone = true;
    this.#leaderExitedAt = -Infinity;
    return true;
  }

  #startTime(pid: number): number | undefined {
    if (!this.#isToldOfExit) return processTable().read(pid)?.startTime;
    try {
      return lookUp(pid)?.startTime;
    } catch {
      // No descriptor is left to look with. The group must be ended all the same, and a signal needs none.
      return this.#leader.startTime;
    }
  }

  #isProved(): boolean {
    const { pid, startTime } = this.#leader;
    if (performance.now() - this.#provedAt < NUMBERS_LAST_MS) return true;
    const table = processTable();
    if (!table.has.groups) return this.#provedAt > 0;
    // A `ps` for it would take longer than the number is safe: the next look finds a member that proves it, or none.
    if (!table.isQuick) return false;
    const isThere = startTime !== undefined && this.#startTime(pid) === startTime;
    if (isThere) this.#provedAt = performance.now();
    return isThere;
  }
}
