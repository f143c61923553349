import { readdirSync, readFileSync } from "node:fs";
import { parseStat, type ProcessStat } from "./proc-stat.ts";

/** Whether this machine shows its processes under `/proc`, so that more than a process group can be found. */
export const hasProcTable = process.platform === "linux";

let ours: boolean | undefined;

/**
 * Whether `/proc` shows the processes of our own pid namespace. In another's (`unshare --pid` without a mount of its own) every
 * number names a stranger. `NSpid` of proc_pid_status(5) lists our pid in each namespace from that of the mount down to ours.
 */
export function procIsOurs(): boolean {
  ours ??= ourPids() === String(process.pid);
  return ours;
}

function ourPids(): string | undefined {
  const status = readProc("/proc/self/status") ?? "";
  // Kernels before 4.1 have no NSpid.
  return (/^NSpid:\s*(.*)$/m.exec(status) ?? /^Pid:\s*(.*)$/m.exec(status))?.[1]?.trim();
}

/** `undefined` when there is no such process. */
export function readStat(pid: number): ProcessStat | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

export function listPids(): number[] {
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    const first = name.charCodeAt(0);
    if (first >= 49 && first <= 57) pids.push(Number(name));
  }
  return pids;
}

/** The pid that was given out last; pids are given out in a circle. */
export function lastPid(): number {
  return Number(readProc("/proc/loadavg")?.trim().split(" ").at(-1));
}

let kthreadd: number | undefined;

/** The pid of the parent of the kernel's threads; 0, which is nobody's parent that we look at, where they are not to be seen. */
export function kernelThreadsParent(): number {
  // In a container pid 2 is a process like any other.
  kthreadd ??= readProc("/proc/2/comm")?.trim() === "kthreadd" ? 2 : 0;
  return kthreadd;
}

/** How often, and after what pause in milliseconds, an environment that reads as empty is read again. */
const EXEC_READS = 20;
const EXEC_PAUSE_MS = 0.1;

/**
 * Whether the environment that a process was started with holds `text`. False when it may not be read.
 *
 * Within `execve` the old environment is gone and the new one not yet there: the file reads as empty for a moment, and a
 * daemon that is just being started would be missed. Empty is believed only when it stays so for 2 ms.
 */
export function environHolds(pid: number, text: string): boolean {
  for (let reads = 1; ; reads++) {
    const environ = readProc(`/proc/${pid}/environ`);
    if (environ !== "" || reads === EXEC_READS) return environ?.includes(text) ?? false;
    Atomics.wait(PAUSE, 0, 0, EXEC_PAUSE_MS);
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // Gone since it was listed, or not ours to read.
    return undefined;
  }
}
