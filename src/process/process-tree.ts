import { pidExists } from "../core/pid-exists.ts";
import { type Leader, NUMBERS_LAST_MS, ProcessGroup, type LeaderParent } from "./process-group.ts";
import { processTable } from "./process-table.ts";
import { lookAtNewest, scan } from "./scan.ts";
import { signalGroup, signalProcess } from "./send-signal.ts";
import type { SearchedTree, SeenUpTo, TreeFinding } from "./process-search.ts";
import { procHidesOthers } from "./table/proc.ts";
import type { ProcessStat } from "./table/table.ts";
import type { LookOptions, Tree } from "./tree.ts";
import { within } from "./within.ts";

/** For how long a table that costs a process is not read again while a member is there. A zombie that its parent does not reap is there too. */
const LOOK_LASTS_MS = 500;

const NOTHING: TreeFinding = { members: [], zombieSeen: false, certain: true, unread: 0 };

/**
 * Every process that one attempt started: its process group and, with `/proc`, its session, each process with its cookie in the
 * environment (which survives `setsid` and double forks), and their descendants. Without a process table: the group only.
 *
 * It does not find a process that left the session (with `ps`: the group), emptied its environment and lost its parent. Nor, where the
 * table is `ps`, one that left the group, closed the output and lost its parent before a success.
 */
export class ProcessTree implements Tree, SearchedTree {
  readonly limit = undefined;
  readonly cookie: string;
  readonly bornAt: number;
  readonly #leader: Leader;
  readonly #madeAt = performance.now();
  /** The start time of each process seen so far, by pid. A child stays a member when its parent has ended. */
  readonly known = new Map<number, number | undefined>();
  readonly #group: ProcessGroup;
  #leaderExited = false;
  #killing = false;
  #certain = true;
  #seenUpTo: SeenUpTo | undefined;
  #lookFailed = false;
  #hidden = false;
  #unread = 0;
  /** The members of the last look, and its time. */
  #seen: readonly ProcessStat[] = [];
  #lookedAt = -Infinity;
  /** A look that may outlast the wait for it. */
  #looking: Promise<number[]> | undefined;
  /** SIGTERM was sent before a look told to which processes outside the group. */
  #owesSignal = false;

  /** @param parent who collects the leader: by now its pid may belong to another process unless it is our own child */
  constructor(leader: Leader, cookie: string, parent: LeaderParent = "us") {
    this.#leader = leader;
    this.cookie = cookie;
    // The time of our own clock may be later than that of `ps`, and of a clock that is set meanwhile it may be by hours.
    this.bornAt = processTable().isQuick ? (leader.startTime ?? 0) : 0;
    this.#group = new ProcessGroup(leader, parent);
    this.known.set(leader.pid, leader.startTime);
  }

  /** The id of the process group; `undefined` once another group may have it. */
  get group(): number | undefined {
    return this.#group.number;
  }

  /** The id of the session that the leader began; `undefined` once another session may have it. */
  get session(): number | undefined {
    return this.#group.session;
  }

  /** How far the last look has come; the next one goes on there. */
  get seenUpTo(): SeenUpTo | undefined {
    return this.#seenUpTo;
  }

  /** Whether the last look saw every process; false when processes started and ended faster than it could follow. */
  get certain(): boolean {
    return this.#certain;
  }

  /** Whether the last look could not read the process table: a process that left the group may be alive. */
  get lookFailed(): boolean {
    return this.#lookFailed;
  }

  /**
   * How many processes of the last look may be part of the tree but cannot be read: they started later, have no parent and are in our
   * control group. hardcall does not signal them, because they may belong to another program.
   */
  get unread(): number {
    return this.#unread;
  }

  /**
   * The leader was reaped: from now on only its descendants can be alive.
   *
   * @param agoMs how long ago, where another process than this one reaped it
   */
  leaderExited(agoMs?: number): void {
    this.#leaderExited = true;
    this.known.delete(this.#leader.pid);
    this.#group.leaderExited(agoMs);
  }

  /** Looks for all living members. Trees that look at the same time share one reading of the table. */
  async look({ afterCleanExit = false, withinMs }: LookOptions = {}): Promise<number[]> {
    const table = processTable();
    if (!table.has.groups) return this.#takeGroup();
    if (table.isQuick) {
      const few = this.#isFresh() ? lookAtNewest(this, this.#leader.pid) : undefined;
      // Something was left behind: the machine's whole table is read for all of it.
      return few !== undefined && few.members.length + few.unread === 0
        ? this.#take(few)
        : await this.#lookAtAll();
    }
    if (afterCleanExit && !this.#mayBeAlive()) return this.#take(NOTHING);
    // One that was not waited for to the end is still the newest that there is.
    const looking = (this.#looking ??= this.#lookAtAll().finally(() => (this.#looking = undefined)));
    if (withinMs !== undefined && !(await within(looking, withinMs))) return this.#takeFailed();
    return await looking;
  }

  async #lookAtAll(): Promise<number[]> {
    try {
      const wasProved = this.group !== undefined;
      const found = this.#take(await scan(this));
      if (wasProved || this.group === undefined) return found;
      // One of the group was found by its cookie, which proves that the rest of it is ours as well.
      this.#seenUpTo = undefined;
      return this.#take(await scan(this));
    } catch {
      // No descriptor or memory is left to read with: what is known is the group, and not all there may be.
      return this.#takeFailed();
    }
  }

  /** A process that forks and exits faster than a look can only be killed at the moment it is seen. */
  found(stat: ProcessStat): void {
    if (this.#killing) this.#signalMember(stat, "SIGKILL");
  }

  /** From now on each member is killed when it is seen. */
  killOnSight(): void {
    this.#killing = true;
  }

  /** Whether any known member lives. Cheap, but it does not see members that started after `look`. */
  anyKnownAlive(): boolean {
    const table = processTable();
    if (!table.has.groups || this.#hidden) return this.#groupAlive();
    if (!table.isQuick) return performance.now() - this.#lookedAt < LOOK_LASTS_MS && this.#mayBeAlive();
    // Within that time its pid is its own. A thousand trees that wait for their leaders would take long to read them each time.
    if (this.#isSeenLately() && this.known.has(this.#leader.pid) && this.#group.hasUntoldLeader())
      return true;
    for (const [pid, startTime] of this.known) {
      const stat = table.read(pid);
      if (stat !== undefined && !stat.dead && stat.startTime === startTime) return true;
    }
    return false;
  }

  /** Signals the group and all known members outside of it. */
  signal(signal: NodeJS.Signals): void {
    this.#group.signal(signal);
    for (const stat of this.#stillMembers()) if (stat.group !== this.group) this.#signalMember(stat, signal);
    if (signal === "SIGTERM") this.#owesSignal = this.#lookFailed;
  }

  /** The known members whose pids are still their own. Just after a look all are, and 1000 trees would take long to read them again. */
  #stillMembers(): readonly ProcessStat[] {
    if (this.#isSeenLately()) return this.#seen;
    const table = processTable();
    if (!table.isQuick) return [];
    return [...this.known].flatMap(([pid, startTime]) => {
      const stat = table.read(pid);
      return stat !== undefined && stat.startTime === startTime ? [stat] : [];
    });
  }

  #isSeenLately(): boolean {
    return performance.now() - this.#lookedAt < NUMBERS_LAST_MS;
  }

  /** What a look finds after the first signal was due; the group has had it. */
  #signalLate(members: readonly ProcessStat[]): void {
    this.#owesSignal = false;
    for (const { pid, group } of members) {
      if (group === this.#leader.pid) continue;
      signalProcess(pid, "SIGTERM");
      signalProcess(pid, "SIGCONT");
    }
  }

  #signalMember({ pid, group }: ProcessStat, signal: NodeJS.Signals): void {
    // Of a group that a member leads all are its descendants, and those that it forks meanwhile are killed with it.
    if (signal === "SIGKILL" && group === pid) signalGroup(pid, signal);
    else signalProcess(pid, signal);
  }

  #take({ members, zombieSeen, certain, unread, upTo }: TreeFinding): number[] {
    this.known.clear();
    for (const { pid, startTime } of members) this.known.set(pid, startTime);
    this.#certain = certain;
    this.#lookFailed = false;
    this.#unread = unread;
    this.#seenUpTo = upTo;
    this.#seen = members;
    this.#lookedAt = performance.now();
    if (this.#owesSignal) this.#signalLate(members);
    const pids = members.map(({ pid }) => pid);
    if (members.some((stat) => this.#group.has(stat))) {
      this.#hidden = false;
      return pids;
    }
    const isThere = this.#groupAlive();
    // None of the group can be seen, and it takes signals: another user is in it and hidden, or only zombies are.
    this.#hidden = isThere && (!zombieSeen || (processTable().source === "/proc" && procHidesOthers()));
    return this.#hidden ? [this.#leader.pid, ...pids] : pids;
  }

  /** What is hidden proves nothing after a while, and may be ours all the same. */
  #groupAlive(): boolean {
    return (this.#hidden || this.group !== undefined) && this.#group.exists();
  }

  /** Without the table: whether the group is there, or a number that was a member's. */
  #mayBeAlive(): boolean {
    return this.#groupAlive() || [...this.known.keys()].some(pidExists);
  }

  #takeFailed(): number[] {
    this.#certain = false;
    this.#lookFailed = true;
    return this.#takeGroup();
  }

  #takeGroup(): number[] {
    return this.#groupAlive() ? [this.#leader.pid] : [];
  }

  /** After a short call what it may have left has one of a few numbers, and the machine's whole table need not be read. */
  #isFresh(): boolean {
    return this.#leaderExited && performance.now() - this.#madeAt < NUMBERS_LAST_MS;
  }
}
