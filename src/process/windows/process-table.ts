import { fromFileTime } from "./file-time.ts";
import { kernel, type Kernel } from "./kernel.ts";
import type { Pointer } from "../../core/windows-ffi.ts";

/** A process or a thread that Windows let us open. */
export interface WindowsObject {
  /** Microseconds since 1970. With its number it names one process (or thread) for good; Windows soon uses the number again. */
  readonly startTime: number;
  /** It runs nothing any more, and is there only because another program holds a handle of it. */
  readonly ended: boolean;
}

/** "Process Security and Access Rights" and "Thread Security and Access Rights" in the Windows documentation. */
const SYNCHRONIZE = 0x0010_0000;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const THREAD_QUERY_LIMITED_INFORMATION = 0x0800;
const WAIT_OBJECT_0 = 0;

/**
 * Looks a process up by its number. `"gone"`: there is none. `"unreadable"`: there is one, and nothing tells it from a later one with its
 * number, because it is another user's or because the FFI is missing.
 */
export function readWindowsProcess(pid: number): WindowsObject | "gone" | "unreadable" {
  const found = open(
    (windows) => windows.OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, false, pid),
    (windows) => windows.GetProcessTimes,
  );
  return found ?? (exists(pid) ? "unreadable" : "gone");
}

/** A thread of a living process of this user; `undefined` when there is none, or the FFI is missing. */
export function readWindowsThread(tid: number): WindowsObject | undefined {
  return open(
    (windows) => windows.OpenThread(SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION, false, tid),
    (windows) => windows.GetThreadTimes,
  );
}

/** The number of the thread that asks; `undefined` without the FFI. */
export const currentWindowsThread = (): number | undefined => kernel()?.GetCurrentThreadId();

function open(
  opening: (windows: Kernel) => Pointer,
  getTimes: (windows: Kernel) => Kernel["GetProcessTimes"],
): WindowsObject | undefined {
  const windows = kernel();
  const handle = windows === undefined ? null : opening(windows);
  if (windows === undefined || handle === null) return undefined;
  try {
    const times = Buffer.alloc(32);
    const [made, ended, inKernel, inUser] = [0, 8, 16, 24].map((at) => times.subarray(at, at + 8));
    if (!made || !ended || !inKernel || !inUser) return undefined;
    if (!getTimes(windows)(handle, made, ended, inKernel, inUser)) return undefined;
    // Its end is undefined while it runs ("GetProcessTimes"), and its exit code may be any number: only the wait tells.
    const hasEnded = windows.WaitForSingleObject(handle, 0) === WAIT_OBJECT_0;
    return { startTime: fromFileTime(times.readBigUInt64LE(0)), ended: hasEnded };
  } finally {
    windows.CloseHandle(handle);
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that it exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
