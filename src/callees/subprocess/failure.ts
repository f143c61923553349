import type { Failure, Report } from "../../core/callee.ts";
import { DRAIN_GRACE_MS } from "../../process/process-spec.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import type { SpawnError } from "../../process/spawn-failure.ts";

/** The failure of a process that never was: nothing has happened. */
export function spawnFailure(error: SpawnError): Failure {
  return {
    code: "spawn_failed",
    message: `could not start: ${error.message}`,
    effect: "not_started",
    cause: error,
  };
}

/**
 * What the way a process ended says, before its output is looked at.
 *
 * @param rejectedCodes exit codes that mean that the command refused and did nothing
 */
export function exitFailure(
  end: FinishedProcess,
  okCodes: readonly number[],
  rejectedCodes: readonly number[],
): Failure | undefined {
  if (end.finished) return undefined;
  const { exitCode, signal } = end;
  if (signal !== undefined) {
    return {
      code: "killed",
      message: `was ended by ${signal}, which hardcall did not send`,
      effect: "unknown",
    };
  }
  if (exitCode === undefined) {
    return { code: "killed", message: "ended without telling its exit code", effect: "unknown" };
  }
  if (okCodes.includes(exitCode)) return undefined;
  const rejected = rejectedCodes.includes(exitCode) && !end.outlived;
  const sizes = `${end.stdout.bytes} bytes on stdout and ${end.stderr.bytes} on stderr`;
  return {
    code: "exit_nonzero",
    // 128 + n is how a shell reports a child of its own that died of a signal.
    message: `exited with code ${exitCode}${exitCode === 137 ? " (a shell's word for SIGKILL)" : ""} after ${sizes}`,
    effect: rejected ? "rejected" : "unknown",
  };
}

/** The note for what still holds the output: a process that lives on. */
export const HELD_OPEN = `the output was still held open ${DRAIN_GRACE_MS} ms after the exit; what came later is not in it`;

const processes = (count: number) => (count === 1 ? "1 process" : `${count} processes`);

/** What every callee with a process tells of it. */
export function processReport(end: FinishedProcess): Report<never, never> {
  const notes: string[] = [];
  if (end.leftBehind > 0) {
    const were = end.leftBehind === 1 ? "was" : "were";
    notes.push(`${processes(end.leftBehind)} ${were} left running after the exit and ended`);
  }
  const unended = end.survivors - end.unread;
  if (unended > 0) notes.push(`${processes(unended)} could not be ended`);
  if (end.unread > 0) {
    const why = "started during the attempt, without a parent, with an environment that cannot be read";
    notes.push(`${processes(end.unread)} may be left of it and not ended: ${why}`);
  }
  if (end.lookFailed)
    notes.push(
      "what may be left of it was not looked for: the host had no descriptor or memory to read /proc",
    );
  if (end.drainCut) notes.push(HELD_OPEN);
  const stillRunning = end.survivorsGone?.then((): Report<never, never> => {
    const message = "was given up while processes of it could not be ended; they have ended since";
    return { failure: { code: "killed", message, effect: "unknown" } };
  });
  return {
    ...(stillRunning && { stillRunning }),
    ...(end.exitCode !== undefined && { exitCode: end.exitCode }),
    ...(end.signal !== undefined && { signal: end.signal }),
    stdoutTail: end.stdout.tail(),
    stderrTail: end.stderr.tail(),
    stdoutBytes: end.stdout.bytes,
    stdoutSha256: end.stdout.sha256(),
    stderrBytes: end.stderr.bytes,
    survivors: end.survivors,
    notes,
  };
}
