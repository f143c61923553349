import { cookiesIn } from "../core/cookie.ts";
import type { Stranger, Strangers } from "./strangers.ts";
import { DENIED, type ProcessReader, type ProcessStat } from "./table/table.ts";
import { mayBeLeftBehind } from "./unread.ts";

/** How far a search has read the processes, for a later search for the same tree. */
export interface SeenUpTo {
  /** The pid that the system had given out last. */
  readonly pid: number;
  /** When that was, on the clock of `performance.now()`. */
  readonly at: number;
  /** The zombies of the tree's process group, which are no members but keep the group. */
  readonly zombies: readonly number[];
}

/** A tree whose members a search looks for. */
export interface SearchedTree {
  readonly cookie: string;
  /** Its leader's start time, in the unit of the table; 0 where that is not known. */
  readonly bornAt: number;
  /** `undefined` once another group may have this id. */
  readonly group: number | undefined;
  /** The session that its leader began; `undefined` once another one may have this id. */
  readonly session?: number | undefined;
  /** The start time of each process seen before, by pid. */
  readonly known: ReadonlyMap<number, number | undefined>;
  /** What its last look has read: the next one may read `known` and later pids alone. */
  readonly seenUpTo?: SeenUpTo | undefined;
  /** Called for each member at the moment it is found. */
  found(stat: ProcessStat): void;
}

/** The result of a search for one tree. */
export interface TreeFinding {
  readonly members: readonly ProcessStat[];
  /** Whether a zombie of its process group was seen, because of which the group still takes signals. */
  readonly zombieSeen: boolean;
  /** False when processes came and went faster than they could be read. */
  readonly certain: boolean;
  /** How many processes may be members but cannot be read. */
  readonly unread: number;
  /** Present if no process up to there can turn out to be a member later. */
  readonly upTo?: SeenUpTo | undefined;
}

/** Assigns each process to its tree, while processes are read one by one. */
export class ProcessSearch {
  /** Processes whose environment read as empty: within `execve` the old one is gone and the new one not yet there. */
  readonly blank = new Set<number>();
  certain = true;
  /** Set once every process up to there has been read. */
  upTo: Pick<SeenUpTo, "pid" | "at"> | undefined;
  readonly #oldest: number;
  readonly #byGroup = new Map<number, SearchedTree>();
  readonly #bySession = new Map<number, SearchedTree>();
  readonly #byCookie = new Map<string, SearchedTree>();
  readonly #byKnown = new Map<number, SearchedTree[]>();
  /** Those of no tree by themselves: their parents decide. */
  readonly #others = new Map<number, ProcessStat>();
  readonly #denied = new Set<number>();
  readonly #members = new Map<
    number,
    { readonly stat: ProcessStat; readonly trees: readonly SearchedTree[] }
  >();
  readonly #byTree = new Map<SearchedTree, ProcessStat[]>();
  /** The pids of zombies, by process group. */
  readonly #zombies = new Map<number, number[]>();

  /** Those of `#denied` that a call may have left behind. Found when a tree asks for them. */
  #mayBeLeft: readonly ProcessStat[] | undefined;
  readonly #reader: ProcessReader;
  readonly #strangers: Strangers | undefined;

  /** @param strangers whom former searches know and this one need not read */
  constructor(trees: readonly SearchedTree[], reader: ProcessReader, strangers?: Strangers) {
    this.#reader = reader;
    this.#strangers = strangers;
    this.#oldest = Math.min(...trees.map(({ bornAt }) => bornAt));
    for (const tree of trees) {
      if (tree.group !== undefined) this.#byGroup.set(tree.group, tree);
      if (tree.session !== undefined) this.#bySession.set(tree.session, tree);
      this.#byCookie.set(tree.cookie, tree);
      for (const pid of tree.known.keys()) this.#byKnown.set(pid, [...(this.#byKnown.get(pid) ?? []), tree]);
    }
  }

  /** Reads one process. */
  see(pid: number): void {
    if (pid === process.pid || this.#members.has(pid)) return;
    const stranger = this.#strangers?.get(pid);
    if (stranger !== undefined && this.#isStranger(stranger)) {
      if (stranger.stat.startTime >= this.#oldest) this.#others.set(pid, stranger.stat);
      return;
    }
    const stat = this.#reader.lookUp(pid);
    // A thread is part of a process that is seen by itself.
    if (stat === undefined || stat.isThread) return;
    // Older than every leader.
    if (stat.startTime < this.#oldest) {
      this.#strangers?.keep({ stat, cookies: undefined });
      return;
    }
    if (stat.dead) {
      const others = this.#zombies.get(stat.group);
      if (others === undefined) this.#zombies.set(stat.group, [pid]);
      else others.push(pid);
      return;
    }
    const trees = this.#treesOf(stat);
    if (trees.length > 0) this.#add(stat, trees);
    else this.#others.set(pid, stat);
  }

  /** Those whose environment was empty, to be seen once more. */
  takeBlank(): number[] {
    const pids = [...this.blank];
    this.blank.clear();
    return pids;
  }

  /** Nothing more is to be seen: adds what descends from members. */
  close(): this {
    const children = Map.groupBy(this.#others.values(), ({ parent }) => parent);
    // Grows while it is walked: a child's children follow.
    for (const [pid, { stat, trees }] of this.#members) {
      const found = children.get(pid) ?? [];
      // Since the member was read its number may have been given to a stranger, whose children these are.
      if (found.length === 0) continue;
      const now = this.#reader.lookUp(pid)?.startTime;
      if (now !== undefined && !this.#reader.isSameStart(now, stat.startTime)) continue;
      for (const child of found) this.#addChild(child, trees);
    }
    return this;
  }

  countOf(tree: SearchedTree): number {
    return this.#byTree.get(tree)?.length ?? 0;
  }

  of(tree: SearchedTree): TreeFinding {
    const zombies = tree.group === undefined ? [] : (this.#zombies.get(tree.group) ?? []);
    // What could not be read may turn out to be a member.
    const isWhole = this.certain && this.blank.size === 0 && this.#denied.size === 0;
    return {
      members: this.#byTree.get(tree) ?? [],
      zombieSeen: zombies.length > 0,
      certain: this.certain,
      unread: this.#countUnread(tree),
      upTo: isWhole && this.upTo !== undefined ? { ...this.upTo, zombies } : undefined,
    };
  }

  /** Whether it was no member of these trees when it was read, and no tree of former searches knew it. */
  #isStranger({ stat: { pid, group, session = 0, startTime }, cookies }: Stranger): boolean {
    if (startTime < this.#oldest) return true;
    if (cookies === undefined || this.#byKnown.has(pid)) return false;
    if (this.#byGroup.has(group) || this.#bySession.has(session)) return false;
    return !cookies.some((cookie) => this.#byCookie.has(cookie));
  }

  #treesOf(stat: ProcessStat): readonly SearchedTree[] {
    const { pid, group, session = 0, parent, startTime } = stat;
    const isYounger = (tree: SearchedTree) => startTime >= tree.bornAt;
    const together = this.#byGroup.get(group) ?? this.#bySession.get(session);
    if (together !== undefined && isYounger(together)) return [together];
    const known =
      this.#byKnown.get(pid)?.filter((tree) => this.#isSame(tree.known.get(pid), startTime)) ?? [];
    if (known.length > 0) return known;
    // The kernel's own threads have no environment to wait for.
    if (parent === this.#reader.kernelThreadsParent()) return [];
    const environment = this.#reader.readEnvironment(stat);
    if (environment === DENIED) this.#denied.add(pid);
    if (environment === "") this.blank.add(pid);
    if (typeof environment !== "string" || environment === "") return [];
    const cookies = cookiesIn(environment);
    const trees = cookies.flatMap((cookie) => {
      const tree = this.#byCookie.get(cookie);
      return tree !== undefined && isYounger(tree) ? [tree] : [];
    });
    if (trees.length === 0) this.#strangers?.keep({ stat, cookies });
    return trees;
  }

  #isSame(seen: number | undefined, startTime: number): boolean {
    return seen !== undefined && this.#reader.isSameStart(seen, startTime);
  }

  /** What a former search has read may have ended since, or have changed its group. */
  #addChild(child: ProcessStat, trees: readonly SearchedTree[]): void {
    const stat = this.#strangers?.get(child.pid) === undefined ? child : this.#reader.lookUp(child.pid);
    if (stat !== undefined && !stat.dead) this.#add(stat, trees);
  }

  #add(stat: ProcessStat, trees: readonly SearchedTree[]): void {
    if (this.#members.has(stat.pid)) return;
    this.#members.set(stat.pid, { stat, trees });
    this.#others.delete(stat.pid);
    this.#denied.delete(stat.pid);
    for (const tree of trees) {
      const members = this.#byTree.get(tree);
      if (members === undefined) this.#byTree.set(tree, [stat]);
      else members.push(stat);
      tree.found(stat);
    }
  }

  /** Of many trees each asks, and the processes of other users are the same for all. */
  #countUnread({ bornAt }: SearchedTree): number {
    if (bornAt === 0) return 0;
    this.#mayBeLeft ??= [...this.#denied].flatMap((pid) => {
      const stat = this.#others.get(pid);
      return stat !== undefined && mayBeLeftBehind(stat) ? [stat] : [];
    });
    return this.#mayBeLeft.filter(({ startTime }) => startTime >= bornAt).length;
  }
}
