import {
  environHolds,
  hasProcTable,
  kernelThreadsParent,
  lastPid,
  listPids,
  readStat,
} from "./proc-table.ts";
import type { ProcessStat } from "./proc-stat.ts";

/** The first process of a tree. Without `/proc` the start time is not known. */
export interface Leader {
  readonly pid: number;
  readonly startTime: number | undefined;
}

/** In so short a time the numbers cannot have gone round. */
const FEW_PIDS_MS = 2000;
/** Looking so many numbers up costs less than listing all processes. */
const FEW_PIDS = 64;

/**
 * Everything that one attempt started: its process group, whatever carries its cookie in the environment (which
 * survives `setsid` and double forks), and their descendants. Without `/proc`: the group.
 *
 * A process that left the group, emptied its environment and lost its parent is not found.
 */
export class ProcessTree {
  readonly #leader: Leader;
  readonly #cookie: string;
  readonly #bornAt = performance.now();
  /** pid to start time of all that were seen. A child keeps being one when its parent has gone. */
  readonly #known = new Map<number, number | undefined>();
  /** Once the group is empty its number may be given to strangers. */
  #groupGone: boolean;
  #leaderExited = false;

  constructor(leader: Leader, cookie: string) {
    this.#leader = leader;
    this.#cookie = cookie;
    // 0 is the group of the kernel's own threads, 1 is init's.
    this.#groupGone = !(leader.pid > 1);
    this.#known.set(leader.pid, leader.startTime);
  }

  /** The leader was reaped: only what it left behind is alive from now on. */
  leaderExited(): void {
    this.#leaderExited = true;
    this.#known.delete(this.#leader.pid);
    if (!signalGroup(this.#leader.pid, 0)) this.#groupGone = true;
  }

  /** Looks for all that is alive, now. */
  alive(): number[] {
    if (!hasProcTable) return this.#groupAlive() ? [this.#leader.pid] : [];
    const newest = this.#newestPids();
    const found =
      newest?.length === 0 || (newest && this.#find(newest).length === 0) ? [] : this.#find(listPids());
    this.#known.clear();
    for (const { pid, startTime } of found) this.#known.set(pid, startTime);
    return found.map(({ pid }) => pid);
  }

  /** Whether any that was seen lives; cheap, but blind to what has been started since `alive`. */
  anyKnownAlive(): boolean {
    if (!hasProcTable) return this.#groupAlive();
    for (const [pid, startTime] of this.#known) {
      const stat = readStat(pid);
      if (stat !== undefined && !stat.dead && stat.startTime === startTime) return true;
    }
    return false;
  }

  /** Signals the group and all that was seen outside of it. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#groupGone) signalGroup(this.#leader.pid, signal);
    for (const [pid, startTime] of this.#known) {
      const stat = readStat(pid);
      if (stat === undefined || stat.startTime !== startTime) continue;
      if (stat.group === this.#leader.pid && !this.#groupGone) continue;
      signalProcess(pid, signal);
    }
  }

  #hasCookie({ pid, parent }: ProcessStat): boolean {
    // The kernel's own threads have no environment to wait for.
    return parent !== kernelThreadsParent() && environHolds(pid, this.#cookie);
  }

  #groupAlive(): boolean {
    return !this.#groupGone && signalGroup(this.#leader.pid, 0);
  }

  /**
   * Whatever descends from the leader was given its pid after it. After a short call that is a few numbers, and the machine's
   * whole table need not be read. Threads have numbers of that kind too, so a hit says only that it is worth looking.
   */
  #newestPids(): number[] | undefined {
    if (!this.#leaderExited || performance.now() - this.#bornAt > FEW_PIDS_MS) return undefined;
    const { pid: first } = this.#leader;
    const last = lastPid();
    if (!(last >= first && last - first <= FEW_PIDS)) return undefined;
    return Array.from({ length: last - first }, (_, index) => first + 1 + index);
  }

  #find(pids: readonly number[]): ProcessStat[] {
    const bornAt = this.#leader.startTime ?? 0;
    const members = new Map<number, ProcessStat>();
    let others: ProcessStat[] = [];
    let groupSeen = false;
    for (const pid of pids) {
      const stat = readStat(pid);
      // Older than the leader: a stranger, or this very process.
      if (stat === undefined || stat.dead || stat.startTime < bornAt || pid === process.pid) continue;
      const inGroup = !this.#groupGone && stat.group === this.#leader.pid;
      groupSeen ||= inGroup;
      const seenBefore = this.#known.has(pid) && this.#known.get(pid) === stat.startTime;
      if (inGroup || seenBefore || this.#hasCookie(stat)) members.set(pid, stat);
      else others.push(stat);
    }
    if (this.#leaderExited && !groupSeen) this.#groupGone = true;
    for (let grown = true; grown;) {
      const children = others.filter(({ parent }) => members.has(parent));
      grown = children.length > 0;
      for (const child of children) members.set(child.pid, child);
      others = others.filter(({ pid }) => !members.has(pid));
    }
    return [...members.values()];
  }
}

/** Whether the group exists. `kill(-0)` would be our own group, so a pid that is not a child's is refused. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (!(pid > 1)) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: it exists, but none of it is ours to signal. ESRCH: it is gone.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (!(pid > 1)) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to signal: it is counted when the tree is looked at again.
  }
}
