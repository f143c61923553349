import { procHidesOthers, procIsOurs, readStat } from "./proc-table.ts";
import type { ProcessStat } from "./proc-stat.ts";
import { type Leader, NUMBERS_LAST_MS, ProcessGroup } from "./process-group.ts";
import { lookAtNewest, scan } from "./scan.ts";
import { signalGroup, signalProcess } from "./send-signal.ts";
import type { TreeFinding, SearchedTree } from "./process-search.ts";

/**
 * Everything that one attempt started: its process group, whatever carries its cookie in the environment (which
 * survives `setsid` and double forks), and their descendants. Without a `/proc` of ours: the group.
 *
 * A process that left the group, emptied its environment and lost its parent is not found.
 */
export class ProcessTree implements SearchedTree {
  readonly cookie: string;
  readonly bornAt: number;
  readonly #leader: Leader;
  readonly #madeAt = performance.now();
  /** pid to start time of all that were seen. A child keeps being one when its parent has gone. */
  readonly known = new Map<number, number | undefined>();
  readonly #group: ProcessGroup;
  #leaderExited = false;
  #killing = false;
  #certain = true;
  #lookFailed = false;
  #hidden = false;
  #unread = 0;

  /** @param isChild whether the leader is a child of ours, not reaped yet: otherwise its number may be a stranger's by now */
  constructor(leader: Leader, cookie: string, isChild = true) {
    this.#leader = leader;
    this.cookie = cookie;
    this.bornAt = leader.startTime ?? 0;
    this.#group = new ProcessGroup(leader, isChild);
    this.known.set(leader.pid, leader.startTime);
  }

  /** The process group's number; `undefined` once it may be a stranger's. */
  get group(): number | undefined {
    return this.#group.number;
  }

  /** Whether the last look saw all there was: false when processes came and went faster than it could follow. */
  get certain(): boolean {
    return this.#certain;
  }

  /** Whether the last look could not read `/proc`: something may live that left the group. */
  get lookFailed(): boolean {
    return this.#lookFailed;
  }

  /**
   * How many the last look found that may be part of the tree and do not let themselves be read: started since, without a
   * parent, in our control group. They are not signalled, as they may be strangers.
   */
  get unread(): number {
    return this.#unread;
  }

  /** The leader was reaped: only what it left behind is alive from now on. */
  leaderExited(): void {
    this.#leaderExited = true;
    this.known.delete(this.#leader.pid);
    this.#group.leaderExited();
  }

  /** Looks for all that is alive, now; trees that look at the same time share the reading of `/proc`. */
  async look(): Promise<number[]> {
    if (!procIsOurs()) return this.#takeGroup();
    const few = this.#isFresh() ? lookAtNewest(this, this.#leader.pid) : undefined;
    // Something was left behind: the machine's whole table is read for all of it.
    if (few !== undefined && few.members.length + few.unread === 0) return this.#take(few);
    try {
      const wasProved = this.group !== undefined;
      const found = this.#take(await scan(this));
      // One of the group was found by its cookie, which proves that the rest of it is ours as well.
      return wasProved || this.group === undefined ? found : this.#take(await scan(this));
    } catch {
      // No descriptor or memory is left to read /proc with: what is known is the group, and not all there may be.
      this.#certain = false;
      this.#lookFailed = true;
      return this.#takeGroup();
    }
  }

  /** What forks and exits faster than it is looked for can only be ended in the moment that it is seen. */
  found(stat: ProcessStat): void {
    if (this.#killing) this.#signalMember(stat, "SIGKILL");
  }

  /** From now on each member is killed when it is seen. */
  killOnSight(): void {
    this.#killing = true;
  }

  /** Whether any that was seen lives; cheap, but blind to what has been started since `look`. */
  anyKnownAlive(): boolean {
    if (!procIsOurs() || this.#hidden) return this.#groupAlive();
    for (const [pid, startTime] of this.known) {
      const stat = readStat(pid);
      if (stat !== undefined && !stat.dead && stat.startTime === startTime) return true;
    }
    return false;
  }

  /** Signals the group and all that was seen outside of it. */
  signal(signal: NodeJS.Signals): void {
    this.#group.signal(signal);
    for (const [pid, startTime] of this.known) {
      const stat = readStat(pid);
      if (stat === undefined || stat.startTime !== startTime) continue;
      if (stat.group !== this.group) this.#signalMember(stat, signal);
    }
  }

  #signalMember({ pid, group }: ProcessStat, signal: NodeJS.Signals): void {
    // Of a group that a member leads all are its descendants, and those that it forks meanwhile are killed with it.
    if (signal === "SIGKILL" && group === pid) signalGroup(pid, signal);
    else signalProcess(pid, signal);
  }

  #take({ members, zombieSeen, certain, unread }: TreeFinding): number[] {
    this.known.clear();
    for (const { pid, startTime } of members) this.known.set(pid, startTime);
    this.#certain = certain;
    this.#lookFailed = false;
    this.#unread = unread;
    const pids = members.map(({ pid }) => pid);
    if (members.some((stat) => this.#group.has(stat))) {
      this.#hidden = false;
      return pids;
    }
    const isThere = this.#groupAlive();
    // None of the group can be seen, and it takes signals: another user is in it and hidden, or only zombies are.
    this.#hidden = isThere && (!zombieSeen || procHidesOthers());
    return this.#hidden ? [this.#leader.pid, ...pids] : pids;
  }

  /** What is hidden proves nothing after a while, and may be ours all the same. */
  #groupAlive(): boolean {
    return (this.#hidden || this.group !== undefined) && this.#group.exists();
  }

  #takeGroup(): number[] {
    return this.#groupAlive() ? [this.#leader.pid] : [];
  }

  /** After a short call what it may have left has one of a few numbers, and the machine's whole table need not be read. */
  #isFresh(): boolean {
    return this.#leaderExited && performance.now() - this.#madeAt < NUMBERS_LAST_MS;
  }
}
