import { COOKIES } from "../../core/cookie.ts";
import { pidExists } from "../../core/pid-exists.ts";
import type { PsCommands } from "./ps-commands.ts";
import { environmentOf, parsePs, type PsRow } from "./ps-format.ts";
import { Ps } from "./ps-run.ts";
import type { ProcessStat, ProcessTable, Snapshot, SnapshotRequest } from "./table.ts";

/** How long one answer about one process lasts. Calls that wait for the same key ask for its owner at the same time. */
const LASTS_MS = 250;

/**
 * By how much two readings of one start time may differ. For a process that it has just started, hardcall takes the time of its own clock.
 * Some systems count back from the wall clock, a second more or less from one `ps` to the next.
 */
const TOLERANCE_S = 2;

/**
 * `ps`, for systems without `/proc`. It costs a process and some 10 ms, so a tree asks for it only when it must. Start times have a
 * resolution of 1 s: a pid that the system gives to another process within 2 s is taken for the old one.
 *
 * It shows no threads, and it prints the environment of the user's own processes only.
 */
export function psTable(file: string, commands: PsCommands): ProcessTable {
  const ps = new Ps(file);
  const answers = new Map<number, { readonly at: number; readonly stat: ProcessStat | undefined }>();
  const isSameStart = (one: number, other: number) =>
    commands.startTimes && Math.abs(one - other) <= TOLERANCE_S;
  return {
    source: "ps",
    has: {
      groups: true,
      cookies: commands.environment !== undefined,
      startTimes: commands.startTimes,
      threads: false,
      // Linux and FreeBSD count start times from the boot, and add the time of the boot by today's clock. macOS keeps them as they were.
      fixedStartTimes: commands.of === "macOS",
    },
    isQuick: false,
    read(pid) {
      if (!pidExists(pid)) return undefined;
      const known = answers.get(pid);
      if (known !== undefined && performance.now() - known.at < LASTS_MS) return known.stat;
      const stat = readNow(ps, commands, pid);
      answers.clear();
      answers.set(pid, { at: performance.now(), stat });
      return stat;
    },
    isSameStart,
    snapshot: async (wanted) => ({ ...(await readAll(ps, commands, wanted)), isSameStart }),
  };
}

function readNow(ps: Ps, commands: PsCommands, pid: number): ProcessStat | undefined {
  try {
    const output = ps.printNow(commands.some?.([pid]) ?? commands.all);
    return parsePs(output, commands).rows.get(pid)?.stat;
  } catch {
    // It cannot be read now, which says nothing about the process.
    return undefined;
  }
}

async function readAll(
  ps: Ps,
  commands: PsCommands,
  wanted: SnapshotRequest,
): Promise<Omit<Snapshot, "isSameStart">> {
  const first = parsePs(await ps.print(commands.all), commands);
  const rows = new Map(first.rows);
  if (first.doubtful.length > 0 && commands.some !== undefined) {
    for (const [pid, row] of parsePs(await ps.print(commands.some(first.doubtful)), commands).rows)
      rows.set(pid, row);
  }
  // Another program in its place, or the processes of another pid namespace: all its numbers would name strangers.
  if (rows.get(process.pid)?.stat.parent !== process.ppid) throw new Error("ps does not show this process");
  const environments = await readEnvironments(ps, commands, rows, wanted);
  return {
    pids: [...rows.keys()],
    lookUp: (pid) => rows.get(pid)?.stat,
    readEnvironment: ({ pid }) => environments.get(pid),
    kernelThreadsParent: () => 0,
  };
}

/** The environments that are wanted. Most often no command line names a cookie, and no other `ps` is needed. */
async function readEnvironments(
  ps: Ps,
  commands: PsCommands,
  rows: ReadonlyMap<number, PsRow>,
  { cookies, groups }: SnapshotRequest,
): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const { commandLines, environment } = commands;
  const may = [...rows].filter(
    ([, { stat, text }]) =>
      !groups.has(stat.group) &&
      text.includes(`${COOKIES}=`) &&
      cookies.some((cookie) => text.includes(cookie)),
  );
  if (may.length === 0 || commandLines === undefined) return found;
  const args = parsePs(await ps.print(commandLines(may.map(([pid]) => pid))), commands).rows;
  for (const [pid, { text, stat }] of may) {
    const alone = args.get(pid);
    if (alone === undefined || Math.abs(alone.stat.startTime - stat.startTime) > TOLERANCE_S) continue;
    found.set(pid, environmentOf(text, alone.text, environment));
  }
  return found;
}
