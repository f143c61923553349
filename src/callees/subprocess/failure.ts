import type { Failure, Report } from "../../core/callee.ts";
import { DRAIN_GRACE_MS } from "../../process/process-spec.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import { exitCodeText, hasExitCode } from "../../process/exit-code.ts";
import type { SpawnError } from "../../process/start/spawn-error.ts";

/** What an exit says of a process. */
export type EndedProcess = Pick<
  FinishedProcess,
  "exitCode" | "signal" | "crash" | "finished" | "outlived"
> & {
  readonly stdout: Pick<FinishedProcess["stdout"], "bytes">;
  readonly stderr: Pick<FinishedProcess["stderr"], "bytes">;
};

/** The failure of a process that did not start: it had no effect. */
export function spawnFailure(error: SpawnError): Failure {
  return {
    code: "spawn_failed",
    message: `could not start: ${error.message}`,
    effect: "not_started",
    cause: error,
  };
}

/**
 * The failure that exit code and signal show, before hardcall reads the output; `undefined` for a success.
 *
 * @param rejectedCodes exit codes with which the command says that it refused and did nothing
 */
export function exitFailure(
  end: EndedProcess,
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
    return { code: "killed", message: "ended without an exit code", effect: "unknown" };
  }
  if (hasExitCode(okCodes, exitCode)) return undefined;
  const rejected = hasExitCode(rejectedCodes, exitCode) && !end.outlived;
  if (end.crash !== undefined && !rejected)
    return {
      code: "killed",
      message: `was ended by Windows with ${end.crash}`,
      effect: "unknown",
      advice: "Start it by hand to find out why, or look for it in the event log of Windows (Application).",
    };
  const sizes = `${end.stdout.bytes} bytes on stdout and ${end.stderr.bytes} on stderr`;
  return {
    code: "exit_nonzero",
    // A shell exits with 128 + n after signal n has killed its child.
    message: `exited with code ${exitCodeText(exitCode)}${exitCode === 137 ? " (128 + 9: a shell reports SIGKILL so)" : ""} after ${sizes}`,
    effect: rejected ? "rejected" : "unknown",
  };
}

/** The note for an output that another process keeps open after the exit. */
export const HELD_OPEN = `another process held the output open for more than ${DRAIN_GRACE_MS} ms after the exit; later output is missing`;

const processes = (count: number) => (count === 1 ? "1 process" : `${count} processes`);

/** The part of the report that is the same for every callee with a process. */
export function processReport(end: FinishedProcess): Report<never, never> {
  const notes: string[] = [];
  if (end.leftBehind > 0) {
    const were = end.leftBehind === 1 ? "was" : "were";
    notes.push(`hardcall ended ${processes(end.leftBehind)} that ${were} still running after the exit`);
  }
  const unended = end.survivors - end.unread;
  if (unended > 0) notes.push(`hardcall could not end ${processes(unended)}`);
  if (end.unread > 0) {
    const why =
      "started during the attempt, with no parent and with an environment that hardcall cannot read";
    notes.push(`${processes(end.unread)} may belong to it and may still be running: ${why}`);
  }
  if (end.lookFailed !== undefined)
    notes.push(`hardcall could not look for processes left running: ${end.lookFailed}`);
  if (end.limit !== undefined)
    notes.push(
      `hardcall ends the direct child only, and processes that it started may live on: ${end.limit}`,
    );
  if (end.drainCut) notes.push(HELD_OPEN);
  const stillRunning = end.survivorsGone?.then((): Report<never, never> => {
    const message = "settled while hardcall could not end all of its processes; they have ended since";
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
