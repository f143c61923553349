import { readFileSync, readlinkSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
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
  if (isMainThread) return undefined;
  switch (processTable().source) {
    case "/proc":
      return currentLinuxThread();
    case "windows":
      return threadOfWindows(currentWindowsThread());
    default:
      return undefined;
  }
}

/** Whether a thread of a process that is there has ended: after `Worker.terminate()` the process lives on. */
export function hasThreadEnded(pid: number, { tid, start }: Thread): boolean {
  if (processTable().source !== "windows") return hasLinuxThreadEnded(pid, { tid, start });
  const found = readWindowsThread(tid);
  if (typeof found === "string") return found === "gone";
  return found.ended || String(found.startTime) !== start;
}

function threadOfWindows(tid: number | undefined): Thread | undefined {
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
