import { cookiesIn } from "../core/cookie.ts";
import type { Stranger, Strangers } from "./strangers.ts";
import { DENIED, type ProcessReader, type ProcessStat } from "./table/table.ts";
import { mayBeLeftBehind } from "./unread.ts";

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
}

/** Assigns each process to its tree, while processes are read one by one. */
export class ProcessSearch {
  /** Processes whose environment read as empty: within `execve` the old one is gone and the new one not yet there. */
  readonly blank = new Set<number>();
  certain = true;
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
  /** Process groups in which a zombie is. */
  readonly #zombies = new Set<number>();

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
      this.#zombies.add(stat.group);
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

  of(tree: SearchedTree): TreeFinding {
    return {
      members: this.#byTree.get(tree) ?? [],
      zombieSeen: tree.group !== undefined && this.#zombies.has(tree.group),
      certain: this.certain,
      unread: this.#countUnread(tree),
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
