/** What a source tells of one process. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Its process group; 0 where the system has none. */
  readonly group: number;
  /** Its session, where the source tells it. */
  readonly session?: number;
  /** One letter: R running, S sleeping, T stopped, Z zombie, X dead … */
  readonly state: string;
  /**
   * A zombie takes signals and still counts for `kill(pid, 0)`, but runs nothing. A process whose first thread alone has ended
   * is shown as one too, and is alive.
   */
  readonly dead: boolean;
  /** It is a thread beside the first of its process. `/proc` does not list its number, but has an entry for it. */
  readonly isThread: boolean;
  /** In the source's own unit, greater for a later start; 0 where it is not known. With the pid it names one process; a pid alone is used again. */
  readonly startTime: number;
}

/** Which facts a source has. */
export interface TableFacts {
  /** Process groups, so that a tree can be told from other processes. */
  readonly groups: boolean;
  /** The environment of our own processes, in which the cookie is. */
  readonly cookies: boolean;
  /** When a process started. Without it a pid is not told from the same pid of a later process. */
  readonly startTimes: boolean;
  /** A process that has lost its first thread, and runs on, is told from a zombie. */
  readonly threads: boolean;
  /**
   * Whether a start time stays the same for as long as the process lives. A source that counts it back from the wall clock shows another
   * one when the clock is set, and then a different start time does not prove that the pid has a new process.
   */
  readonly fixedStartTimes: boolean;
}

/**
 * The processes of this machine as one source shows them: `/proc`, `ps`, Windows, or none. hardcall signals what it finds here, so a
 * source shows nothing rather than a stranger's number.
 */
export interface ProcessTable {
  readonly source: "/proc" | "ps" | "windows" | "none";
  readonly has: TableFacts;
  /** Whether `read` costs microseconds. Otherwise it starts a process and takes some 10 ms. */
  readonly isQuick: boolean;
  /** Looks one process up at once. `undefined` when there is no such process, it is hidden from us, or it cannot be read now. */
  read(pid: number): ProcessStat | undefined;
  /** Whether two readings of start times can be of one process. */
  isSameStart(one: number, other: number): boolean;
  /**
   * One reading of all processes, for a source that cannot read them one by one.
   *
   * @throws when the source cannot be read now
   */
  readonly snapshot?: (wanted: SnapshotRequest) => Promise<Snapshot>;
}

/** Whose environments a snapshot needs: of the processes that may have one of the cookies, and are in none of the groups. */
export interface SnapshotRequest {
  readonly cookies: readonly string[];
  readonly groups: ReadonlySet<number | undefined>;
}

/** Another user's process, or one that is not dumpable. */
export const DENIED = Symbol("denied");

/** Processes as a search reads them, one after another. */
export interface ProcessReader {
  /**
   * `undefined` proves that the process has ended.
   *
   * @throws the system's error if this process cannot read, for example because it has no descriptor left
   */
  lookUp(pid: number): ProcessStat | undefined;
  /**
   * The environment that a process was started with, its entries ended by NUL bytes. Empty within `execve`, when the old one is gone and
   * the new one not yet there.
   */
  readEnvironment(stat: ProcessStat): string | typeof DENIED | undefined;
  /** Whether two readings of start times can be of one process. */
  isSameStart(one: number, other: number): boolean;
  /** The parent of the kernel's own threads; 0, the parent of no other process, where they are not visible. */
  kernelThreadsParent(): number;
}

/** All processes of one moment. */
export interface Snapshot extends ProcessReader {
  readonly pids: readonly number[];
}
