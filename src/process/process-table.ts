import { procIsOurs, procTable } from "./table/proc.ts";
import type { ProcessTable } from "./table/table.ts";
import { readsWindows, windowsTable } from "./windows/process-table.ts";

/** Nothing can be read: a process group can be signalled and asked whether it exists, and that is all. */
const NONE: ProcessTable = {
  source: "none",
  has: { groups: false, cookies: false, threads: false, fixedStartTimes: false },
  isQuick: true,
  read: () => undefined,
  isSameStart: (one, other) => one === other,
};

/** The source that shows the processes of this machine. Asked each time: a moment without descriptors may hide `/proc`. */
export function processTable(): ProcessTable {
  if (procIsOurs()) return procTable;
  return readsWindows() ? windowsTable : NONE;
}
