import { isWindows } from "../../core/is-windows.ts";

/** How an operator finds the processes that have a file open, after the words "Find it with". */
export const whatHoldsFile = (path: string): string =>
  isWindows ? "Resource Monitor (resmon.exe, CPU, Associated Handles)" : `"fuser ${path}"`;

/** How an operator finds the other names of a file, after the words "Find the others with". */
export const whatNamesFile = (path: string): string =>
  isWindows ? `"fsutil hardlink list ${path}"` : `"find -samefile ${path}"`;
