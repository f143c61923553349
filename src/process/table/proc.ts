import { readdirSync, readFileSync } from "node:fs";
import { parseStat, type ProcStat } from "./proc-stat.ts";
import { DENIED, type ProcessReader, type ProcessStat, type ProcessTable } from "./table.ts";

let ours: boolean | undefined;

/**
 * Whether `/proc` shows the processes of our own pid namespace, so that more than a process group can be found. It may be
 * missing, hidden under another file system, or another namespace's (`unshare --pid` without a mount of its own), in which
 * every number names a stranger. `NSpid` of proc_pid_status(5) lists our pid in each namespace from that of the mount to ours.
 */
export function procIsOurs(): boolean {
  if (ours !== undefined) return ours;
  try {
    ours = process.platform === "linux" && ourPids() === String(process.pid);
  } catch (error) {
    // Not cached: a moment without descriptors would otherwise hide every process for as long as this one lives.
    if (isShortage(error)) return false;
    ours = false;
  }
  return ours;
}

function ourPids(): string | undefined {
  const status = readFileSync("/proc/self/status", "utf8");
  // Kernels before 4.1 have no NSpid.
  return (/^NSpid:\s*(.*)$/m.exec(status) ?? /^Pid:\s*(.*)$/m.exec(status))?.[1]?.trim();
}

let hides: boolean | undefined;

/** Whether `/proc` keeps other users' processes from us (`hidepid` of proc(5)): the first process is there in any case. */
export function procHidesOthers(): boolean {
  hides ??= readStat(1) === undefined;
  return hides;
}

/** `undefined` when there is no such process, or it is hidden from us (`hidepid`, a `/proc` that is not ours). */
export function readStat(pid: number): ProcStat | undefined {
  if (!procIsOurs()) return undefined;
  const text = readProc(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/**
 * Like `readStat`, for callers that take `undefined` as proof that the process has ended.
 *
 * @throws the system's error if this process cannot read, for example because it has no descriptor left
 */
export function lookUp(pid: number): ProcStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (isShortage(error)) throw error;
    return undefined;
  }
}

const isShortage = (error: unknown) =>
  ["EMFILE", "ENFILE", "ENOMEM"].includes((error as NodeJS.ErrnoException).code ?? "");

export function listPids(): number[] {
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    const first = name.charCodeAt(0);
    if (first >= 49 && first <= 57) pids.push(Number(name));
  }
  return pids;
}

/** The pid that was given out last; pids are given out in a circle, to threads too. NaN where it cannot be known. */
export function lastPid(): number {
  return Number(readProc("/proc/loadavg")?.trim().split(" ").at(-1));
}

let kthreadd: number | undefined;

/** The pid of the parent of the kernel's threads; 0, the parent of no other process, where these threads are not visible. */
export function kernelThreadsParent(): number {
  // In a container pid 2 is a process like any other.
  kthreadd ??= readProc("/proc/2/comm")?.trim() === "kthreadd" ? 2 : 0;
  return kthreadd;
}

/**
 * The environment that a process was started with, its entries ended by NUL bytes. `DENIED` when it may not be read. Empty
 * within `execve`, when the old one is gone and the new one not yet there.
 */
export function readEnvironment({ pid, state }: ProcessStat): string | typeof DENIED | undefined {
  try {
    if (state !== "Z") return readFileSync(`/proc/${pid}/environ`, "utf8");
    // A first thread that has ended has none any more; the others still have it.
    const others = readdirSync(`/proc/${pid}/task`).filter((thread) => Number(thread) !== pid);
    return readFileSync(`/proc/${pid}/task/${others[0] ?? pid}/environ`, "utf8");
  } catch (error) {
    if (isShortage(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM" ? DENIED : undefined;
  }
}

/** What the control groups of a process are; descendants stay in them, another login or service has its own. */
export const readControlGroups = (pid: number | "self"): string | undefined =>
  readProc(`/proc/${pid}/cgroup`);

/** The name of a process's program, at most 15 bytes. */
export const readName = (pid: number): string | undefined => readProc(`/proc/${pid}/comm`)?.trim();

/** The words of its command line, its own name first. */
export const readArguments = (pid: number): readonly string[] | undefined =>
  readProc(`/proc/${pid}/cmdline`)?.replace(/\0$/, "").split("\0");

function readProc(path: string): string | undefined {
  try {
    // The quickest way that Node has to read a small file.
    return readFileSync(path, "utf8");
  } catch {
    // Gone since it was listed, or not ours to read.
    return undefined;
  }
}

const isSameStart = (one: number, other: number) => one === other;

/** `/proc` of Linux, which is read process by process. */
export const procTable: ProcessTable = {
  source: "/proc",
  has: { groups: true, cookies: true, startTimes: true, threads: true, fixedStartTimes: true },
  isQuick: true,
  read: readStat,
  isSameStart,
};

export const procReader: ProcessReader = { lookUp, readEnvironment, isSameStart, kernelThreadsParent };
