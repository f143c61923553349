import { COOKIES } from "../../core/cookie.ts";
import type { PsCommands } from "./ps-commands.ts";
import type { ProcessStat } from "./table.ts";

/** One line of `ps`. */
export interface PsRow {
  /** `startTime` in seconds since 1970; 0 where `ps` does not print it. */
  readonly stat: ProcessStat;
  /** The command line as it is printed, which may begin or end with the environment. */
  readonly text: string;
}

/** What `ps` printed. */
export interface PsRows {
  readonly rows: ReadonlyMap<number, PsRow>;
  /** Pids of more than one line. A command line with a line break in it may look like another process, so none of these lines counts. */
  readonly doubtful: readonly number[];
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `pid ppid pgid stat`, then `lstart` as strftime(3) formats `%c` in the C locale, then the command line. */
const FACTS = /^ *(\d+) +(\d+) +(\d+) +([A-Za-z?]\S*)/;
const LSTART = /^ +[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})(?: +|$)/;

/** Reads what `ps` printed with `LC_ALL=C TZ=UTC0`. Lines of another form are left out: part of a command line, or cut off. */
export function parsePs(output: string, { startTimes }: Pick<PsCommands, "startTimes">): PsRows {
  const rows = new Map<number, PsRow>();
  const doubtful = new Set<number>();
  for (const line of output.split("\n")) {
    const row = parseLine(line, startTimes);
    if (row === undefined) continue;
    if (rows.has(row.stat.pid)) doubtful.add(row.stat.pid);
    rows.set(row.stat.pid, row);
  }
  for (const pid of doubtful) rows.delete(pid);
  return { rows, doubtful: [...doubtful] };
}

function parseLine(line: string, startTimes: boolean): PsRow | undefined {
  const facts = FACTS.exec(line);
  if (facts === null) return undefined;
  const [whole, pid, parent, group, state = ""] = facts;
  const rest = line.slice(whole.length);
  const lstart = startTimes ? LSTART.exec(rest) : undefined;
  const startTime = lstart == null ? 0 : secondsOf(lstart);
  if (lstart === null || startTime === undefined) return undefined;
  const letter = state.charAt(0);
  // procps adds an `l` to a process of several threads. If its first thread has ended, it shows `Zl`, and the others go on.
  const othersGoOn = state.includes("l");
  return {
    stat: {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      state: letter,
      dead: letter === "X" || (letter === "Z" && !othersGoOn),
      isThread: false,
      startTime,
    },
    text: rest.slice(lstart?.[0].length),
  };
}

function secondsOf([, month = "", ...numbers]: RegExpExecArray): number | undefined {
  const [day = 0, hours = 0, minutes = 0, seconds = 0, year = 0] = numbers.map(Number);
  const index = MONTHS.indexOf(month);
  return index === -1 ? undefined : Date.UTC(year, index, day, hours, minutes, seconds) / 1000;
}

/**
 * The cookies' variable as `/proc/<pid>/environ` has it; `""` when it is not in the environment. An argument may name a cookie as well, such
 * as that of a stranger who searches a log for it. So the arguments alone, as another `ps` printed them, are taken off first.
 */
export function environmentOf(whole: string, args: string, place: PsCommands["environment"]): string {
  const text = place === "before the arguments" ? before(whole, args) : after(whole, args);
  const values = [...text.matchAll(ENTRY)].map(([, value = ""]) => value);
  return values.length === 0 ? "" : `${COOKIES}=${values.join("")}\0`;
}

/** Each list of cookies up to its last `;`: a value ends where the next entry begins, and `ps` shows no more than a blank there. */
const ENTRY = new RegExp(`(?<= |^)${COOKIES}=(\\S*;)`, "g");

// When a process changes its title between the two readings, its environment cannot be told from it.
const before = (whole: string, args: string) =>
  whole.endsWith(` ${args}`) ? whole.slice(0, whole.length - args.length) : "";
const after = (whole: string, args: string) => (whole.startsWith(`${args} `) ? whole.slice(args.length) : "");
