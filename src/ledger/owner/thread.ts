import { readFileSync, readlinkSync } from "node:fs";
import { processTable } from "../../process/process-table.ts";
import { parseStat } from "../../process/table/proc-stat.ts";
import { currentWindowsThread, readWindowsThread } from "../../process/windows/process-table.ts";
import { errnoOf } from "../../database/errors.ts";

/** A thread of the system: its id, which is reused, and its start in the unit of the process table. */
export interface Thread {
  readonly tid: number;
  readonly start: string;
}

/** The worker thread that asks; `undefined` on the main thread, which lives as long as the process, and where nothing tells. */
export function currentThread(): Thread | undefined {
  switch (processTable().source) {
    case "/proc":
      return currentLinuxThread();
    case "windows":
      return currentThreadOfWindows();
    default:
      return undefined;
  }
}

/** Whether a thread of a process that is there has ended: after `Worker.terminate()` the process lives on. */
export function hasThreadEnded(pid: number, thread: Thread): boolean {
  switch (processTable().source) {
    case "/proc":
      return hasLinuxThreadEnded(pid, thread);
    case "windows":
      return hasWindowsThreadEnded(thread);
    default:
      return false; // Nothing tells; its lease does.
  }
}

function hasWindowsThreadEnded({ tid, start }: Thread): boolean {
  const found = readWindowsThread(tid);
  if (typeof found === "string") return found === "gone";
  return found.ended || String(found.startTime) !== start;
}

function currentThreadOfWindows(): Thread | undefined {
  // Loaded here: most of hardcall's processes never need it.
  if (process.getBuiltinModule("node:worker_threads").isMainThread) return undefined;
  const tid = currentWindowsThread();
  const found = tid === undefined ? "gone" : readWindowsThread(tid);
  return tid === undefined || typeof found === "string" ? undefined : { tid, start: String(found.startTime) };
}

function currentLinuxThread(): Thread | undefined {
  try {
    // Synchronous calls run on the thread of JavaScript itself, so this link is about it.
    const tid = Number(/\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self"))?.[1]);
    if (!Number.isSafeInteger(tid) || tid === process.pid) return undefined;
    return { tid, start: startOf(readThread(process.pid, tid)) };
  } catch {
    return undefined; // Not to be told apart from its process, which decides then.
  }
}

function hasLinuxThreadEnded(pid: number, { tid, start }: Thread): boolean {
  try {
    return startOf(readThread(pid, tid)) !== start;
  } catch (error) {
    // Anything else, such as no descriptor left, says something about us.
    return errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH";
  }
}

const readThread = (pid: number, tid: number) => readFileSync(`/proc/${pid}/task/${tid}/stat`, "latin1");

function startOf(stat: string): string {
  return String(parseStat(stat)?.startTime);
}
