import { constants } from "node:os";
import { isWindows } from "../core/is-windows.ts";

/**
 * What asks a program to end. Windows has no signals. Node uses these names for Ctrl-C (SIGINT), Ctrl-Break (SIGBREAK) and a closed
 * console (SIGHUP), after which Windows ends the process within 5 s ("HandlerRoutine" in its documentation).
 * SIGTERM from another process is TerminateProcess there: the process ends without a word.
 */
export function endSignalsOf(platform: NodeJS.Platform): readonly NodeJS.Signals[] {
  return platform === "win32" ? ["SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP"] : ["SIGINT", "SIGTERM"];
}

export const END_SIGNALS = endSignalsOf(process.platform);

/** What a console program ends with that Ctrl-C or Ctrl-Break ends ("NTSTATUS Values" in Microsoft's documentation). */
const STATUS_CONTROL_C_EXIT = 0xc000013a;

/**
 * The exit code of a host that a signal ends, where the host cannot die of a signal that it raises itself; elsewhere `undefined`.
 * The kernel drops a signal that the first process of a container has no handler for (pid_namespaces(7)). On Windows
 * `process.kill` is TerminateProcess with exit code 1, and a batch file would go on after Ctrl-C.
 */
export function exitInPlaceOf(
  signal: NodeJS.Signals,
  { pid, platform }: Pick<NodeJS.Process, "pid" | "platform"> = process,
): number | undefined {
  if (platform === "win32") return STATUS_CONTROL_C_EXIT;
  return pid === 1 ? 128 + constants.signals[signal] : undefined;
}

/** Raises a signal that this process has handlers for. */
export function raiseAgain(signal: NodeJS.Signals): void {
  if (isWindows) process.emit(signal, signal);
  else process.kill(process.pid, signal);
}
