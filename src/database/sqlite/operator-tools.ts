import { isWindows } from "../../core/is-windows.ts";

/** How an operator finds the processes that have a file open, after the words "Find it with". */
export const whatHoldsFile = (path: string): string =>
  isWindows ? "Resource Monitor (resmon.exe, CPU, Associated Handles)" : `"fuser ${path}"`;

/**
 * What else holds a lock for long, to follow `whatHoldsFile`: SQLite's lock belongs to a process that was suspended in the middle of a write
 * until it goes on. Windows has no such state.
 */
export const whatIsSuspended = isWindows
  ? ""
  : ` ("ps -o pid,stat,args" shows T for one that is suspended, which keeps the lock until it goes on or ends)`;

/** How an operator finds the other names of a file, after the words "Find the others with". */
export const whatNamesFile = (path: string): string =>
  isWindows ? `"fsutil hardlink list ${path}"` : `"find -samefile ${path}"`;
