import { procIsOurs, procTable } from "./table/proc.ts";
import { psTable } from "./table/ps.ts";
import { BUSYBOX, FREEBSD, MACOS, PROCPS } from "./table/ps-commands.ts";
import type { ProcessTable } from "./table/table.ts";
import { readsWindows, windowsTable } from "./windows/process-table.ts";

/** Nothing can be read: a process group can be signalled and asked whether it exists, and that is all. */
const NONE: ProcessTable = {
  source: "none",
  has: { groups: false, cookies: false, startTimes: false, threads: false, fixedStartTimes: false },
  isQuick: true,
  read: () => undefined,
  isSameStart: () => false,
};

/** Where every system with a `ps` has it. */
const PS = "/bin/ps";

const withoutProc = chooseWithoutProc();

/** The source that shows the processes of this machine. Asked each time: a moment without descriptors may hide `/proc`. */
export function processTable(): ProcessTable {
  if (withoutProc.source === "ps") return withoutProc;
  if (procIsOurs()) return procTable;
  return readsWindows() ? windowsTable : withoutProc;
}

/** The start time of a process that has started in this moment, in the unit of the table. */
export function startTimeOf(pid: number): number | undefined {
  const table = processTable();
  if (table.isQuick) return table.read(pid)?.startTime;
  // `ps` counts in seconds since 1970. To start one for each call would cost more than the second by which this may be wrong.
  return table.has.startTimes ? Math.floor(Date.now() / 1000) : undefined;
}

/** Why a look at all processes fails. */
export const whyNoLook = (): string =>
  processTable().source === "ps"
    ? "ps could not be started, failed, or took too long"
    : "it had no file descriptor or memory to read /proc";

function chooseWithoutProc(): ProcessTable {
  const forced = forcedPs();
  if (forced !== undefined) return forced;
  // On Linux `ps` reads /proc as well. Where that is not ours, the numbers that it prints name strangers.
  if (process.platform === "darwin") return psTable(PS, MACOS);
  return process.platform === "freebsd" ? psTable(PS, FREEBSD) : NONE;
}

/** The tests run on Linux as on a system without `/proc`. The build takes this out, as it does with the points in fault-points.ts. */
function forcedPs(): ProcessTable | undefined {
  if (process.env.HARDCALL_TEST_PROCESS_TABLE) {
    if (process.env.HARDCALL_TEST_PROCESS_TABLE === "ps") return psTable(PS, PROCPS);
    if (process.env.HARDCALL_TEST_PROCESS_TABLE === "busybox ps") return psTable("/bin/busybox", BUSYBOX);
    throw new Error(
      `HARDCALL_TEST_PROCESS_TABLE must be "ps" or "busybox ps", or absent. Nothing was started.`,
    );
  }
  return undefined;
}
