import { readdirSync, readFileSync } from "node:fs";

/** The environment variable that marks what a run starts. It is inherited, through `setsid` and double forks too. */
export const MARK = "DEMO_RUN";

/** Whether this machine shows its processes, so that what is left running can be counted. */
export const canCount = process.platform === "linux";

interface Running {
  readonly pid: number;
  /** With the pid it names one process for good: pids are used again. */
  readonly startTime: string;
}

/** What runs now and has in `variable` something that starts with `mark`; this process is not among them. */
export function running(mark: string, variable = MARK): Running[] {
  if (!canCount) return [];
  const found: Running[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid) continue;
    const startTime = startTimeOf(pid);
    if (startTime === undefined) continue;
    if (`\0${read(`/proc/${pid}/environ`)}`.includes(`\0${variable}=${mark}`)) found.push({ pid, startTime });
  }
  return found;
}

/** Ends all of it, by pid, and says how many there were. */
export function end(mark: string): number {
  const found = running(mark);
  for (const { pid, startTime } of found) {
    if (startTimeOf(pid) !== startTime) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  return found.length;
}

/** `undefined` when it is gone, or a zombie: that one still has its pid, but runs nothing. */
function startTimeOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name is in parentheses and may hold spaces and parentheses itself (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // Gone since it was listed, or not ours to read.
    return "";
  }
}
