import { kernel } from "./kernel.ts";
import { listWindowsProcesses } from "./list-processes.ts";

/** SYSTEM_TIMEOFDAY_INFORMATION, the answer of NtQuerySystemInformation to its class 3: its size, and where its fields are. */
const TIME_OF_DAY = { kind: 3, bytes: 48, bootTime: 0, bootTimeBias: 32 };

/**
 * Names the boot of this machine, the same for every process until the next one; `""` where Windows does not tell. It is the moment of the
 * boot in steps of 100 ns. When the clock is set, Windows moves that moment and its bias by as much, so their difference stays.
 */
export function windowsBootId(): string {
  const windows = kernel();
  const answer = Buffer.alloc(TIME_OF_DAY.bytes);
  if (windows?.NtQuerySystemInformation(TIME_OF_DAY.kind, answer, answer.length, null) !== 0) return "";
  const bootedAt = answer.readBigInt64LE(TIME_OF_DAY.bootTime);
  return `win32:${bootedAt - answer.readBigInt64LE(TIME_OF_DAY.bootTimeBias)}`;
}

/**
 * Names the processes that this one can see: those of the machine, or of a Windows container, whose processes cannot see the machine's. Each
 * has one service control manager, from its start to its end.
 */
export function windowsPidSpace(): string {
  const manager = listWindowsProcesses()?.find(({ name }) => name.toLowerCase() === "services.exe");
  return manager === undefined ? "win32" : `win32 ${manager.pid}`;
}
