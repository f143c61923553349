/** What `/proc/<pid>/stat` says of a process, or `/proc/<pid>/task/<tid>/stat` of a thread (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** One letter: R running, S sleeping, T stopped, Z zombie, X dead … */
  readonly state: string;
  /** A zombie takes signals and still counts for `kill(pid, 0)`, but runs nothing. */
  readonly dead: boolean;
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
  const dead = state === "Z" || state === "X";
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    group: Number(fields[2]),
    state,
    dead,
    startTime,
  };
}
