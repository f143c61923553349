import { readdirSync, readFileSync } from "node:fs";

/** This environment variable marks the processes of a run. They inherit it, also through `setsid` and double forks. */
export const MARK = "DEMO_RUN";

/** Whether this machine has a /proc in which the demo can count processes. */
export const canCount = process.platform === "linux";

interface Running {
  readonly pid: number;
  /** The system reuses pids; pid and start time together name one process. */
  readonly startTime: string;
}

interface Marked extends Running {
  readonly value: string;
}

/** The processes whose `variable` starts with `mark`, except this one. */
export const running = (mark: string, variable = MARK): Running[] =>
  marked(variable).filter(({ value }) => value.startsWith(mark));

function marked(variable: string): Marked[] {
  if (!canCount) return [];
  const found: Marked[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid) continue;
    const startTime = startTimeOf(pid);
    if (startTime === undefined) continue;
    const [, value] = `\0${read(`/proc/${pid}/environ`)}`.split(`\0${variable}=`);
    if (value !== undefined) found.push({ pid, startTime, value: value.slice(0, value.indexOf("\0")) });
  }
  return found;
}

const FRESH_MS = 100;
let seen: { readonly at: number; readonly found: readonly Marked[] } = { at: -Infinity, found: [] };

/** How many processes a run of this demo has. Runs that end together share one look at /proc, which takes a while. */
export function countLately(mark: string): number {
  if (performance.now() - seen.at > FRESH_MS) {
    const found = marked(MARK);
    seen = { at: performance.now(), found };
  }
  return seen.found.filter(({ value }) => value.startsWith(mark)).length;
}

/** Ends these processes, and returns how many there were. */
export function end(mark: string): number {
  const found = running(mark);
  for (const { pid, startTime } of found) {
    if (startTimeOf(pid) !== startTime) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  return found.length;
}

/** `undefined` if the process is gone or a zombie, which has a pid but runs nothing. */
function startTimeOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name is in parentheses and may contain spaces and parentheses (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // The process has ended since, or belongs to another user.
    return "";
  }
}
