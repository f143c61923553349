import type { ProcessTable } from "../table/table.ts";
import { fromFileTime } from "./file-time.ts";
import { kernel, type Kernel, PROCESS_QUERY_LIMITED_INFORMATION, SYNCHRONIZE } from "./kernel.ts";

/** A process or a thread that Windows let us open. */
export interface WindowsObject {
  /** Microseconds since 1970. With its number it names one process (or thread) for good; Windows soon uses the number again. */
  readonly startTime: number;
  /** It runs nothing any more, and is there only because another program holds a handle of it. */
  readonly ended: boolean;
}

/** "Thread Security and Access Rights" in the Windows documentation. */
const THREAD_QUERY_LIMITED_INFORMATION = 0x0800;
const WAIT_OBJECT_0 = 0;
/** What OpenProcess and OpenThread fail with for a number that nothing has. */
const ERROR_INVALID_PARAMETER = 87;

/** Whether Windows' own functions can be called. Without them no process can be told from a later one with its number. */
export const readsWindows = (): boolean => kernel() !== undefined;

/** Processes of this user by their number, with the moment of their start. Their parents are in `listWindowsProcesses`. */
export const windowsTable: ProcessTable = {
  source: "windows",
  has: { groups: false, cookies: false, startTimes: true, threads: true, fixedStartTimes: true },
  isQuick: true,
  read(pid) {
    const found = readProcess(pid);
    if (found === undefined) return undefined;
    const { ended, startTime } = found;
    return { pid, parent: 0, group: 0, state: ended ? "Z" : "R", dead: ended, isThread: false, startTime };
  },
  isSameStart: (one, other) => one === other,
};

/** `undefined` when there is no such process, it is another user's, or the FFI is missing. */
function readProcess(pid: number): WindowsObject | undefined {
  const access = SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION;
  return read("GetProcessTimes", (windows) => windows.OpenProcess(access, false, pid));
}

/** A thread of this user's processes. `"unreadable"`: it may be there, as Windows does not say that there is none. */
export function readWindowsThread(tid: number): WindowsObject | "gone" | "unreadable" {
  const access = SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION;
  const found = read("GetThreadTimes", (windows) => windows.OpenThread(access, false, tid));
  return found ?? (kernel()?.GetLastError() === ERROR_INVALID_PARAMETER ? "gone" : "unreadable");
}

/** The number of the thread that asks; `undefined` without the FFI. */
export const currentWindowsThread = (): number | undefined => kernel()?.GetCurrentThreadId();

function read(
  getTimes: "GetProcessTimes" | "GetThreadTimes",
  open: (windows: Kernel) => ReturnType<Kernel["OpenProcess"]>,
): WindowsObject | undefined {
  const windows = kernel();
  const handle = windows === undefined ? null : open(windows);
  if (windows === undefined || handle === null) return undefined;
  try {
    const made = Buffer.alloc(8);
    const others = Buffer.alloc(8);
    if (!windows[getTimes](handle, made, others, others, others)) return undefined;
    // The end that it gives is undefined while it runs ("GetProcessTimes"), and an exit code may be any number: only the wait tells.
    const ended = windows.WaitForSingleObject(handle, 0) === WAIT_OBJECT_0;
    return { startTime: fromFileTime(made.readBigUInt64LE(0)), ended };
  } finally {
    windows.CloseHandle(handle);
  }
}
