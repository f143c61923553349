/** What `/proc/<pid>/stat` says of a process, or `/proc/<pid>/task/<tid>/stat` of a thread (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The device of its controlling terminal; 0 for none. */
  readonly terminal: number;
  /** The process group that the terminal belongs to now; -1 without one. */
  readonly foregroundGroup: number;
  /** One letter: R running, S sleeping, T stopped, Z zombie, X dead … */
  readonly state: string;
  /**
   * A zombie takes signals and still counts for `kill(pid, 0)`, but runs nothing. A process whose first thread alone has ended
   * is shown as one too, and is alive.
   */
  readonly dead: boolean;
  /** It is a thread beside the first of its process. `/proc` does not list its number, but shows it to one who asks. */
  readonly isThread: boolean;
  /** Clock ticks since boot. With the pid it names one process for good; a pid alone is used again. */
  readonly startTime: number;
}

/** `undefined` for a text of another form. */
export function parseStat(text: string): ProcessStat | undefined {
  // The command's name in field 2 may hold spaces and brackets, so fields are counted from the last bracket.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const state = fields[0] ?? "";
  const startTime = Number.parseInt(fields[19] ?? "", 10);
  if (state === "" || Number.isNaN(startTime)) return undefined;
  // No process tells its parent of its end with the signal -1 (`thread_group_leader` of the kernel's sched/signal.h).
  const isThread = fields[35] === "-1";
  const othersGoOn = !isThread && Number(fields[17]) > 1;
  const dead = state === "X" || (state === "Z" && !othersGoOn);
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    terminal: Number(fields[4]),
    foregroundGroup: Number(fields[5]),
    state,
    dead,
    isThread,
    startTime,
  };
}
