import type { ProcessStat } from "./table.ts";

/**
 * What `/proc/<pid>/stat` says of a process, or `/proc/<pid>/task/<tid>/stat` of a thread (proc_pid_stat(5)). `startTime` is in clock
 * ticks since boot.
 */
export interface ProcStat extends ProcessStat {
  readonly session: number;
  /** The device of its controlling terminal; 0 for none. */
  readonly terminal: number;
  /** The process group that the terminal belongs to now; -1 without one. */
  readonly foregroundGroup: number;
}

/** Up to the signal that tells of its end; there are 14 more. */
const FIELDS = 36;

/** `undefined` for a text of another form. */
export function parseStat(text: string): ProcStat | undefined {
  // The command's name in field 2 may hold spaces and brackets, so fields are counted from the last bracket.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ", FIELDS);
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
