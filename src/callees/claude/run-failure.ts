import { optionName } from "../../core/wording.ts";
import { blankFailure } from "../../core/blank.ts";
import { exitFailure } from "../subprocess/failure.ts";
import type { FinishedProcess } from "../../process/run-process.ts";
import type { Failure } from "../../core/callee.ts";
import { declaredFailure, effectOf, plainFailure } from "./classify.ts";
import type { Transcript } from "./transcript.ts";

export interface RunFacts {
  /** The tail of stderr. */
  readonly stderr: string;
  /** The result came before the run had to stop, so the exit code means nothing. */
  readonly stoppedAfterResult: boolean;
  /** Bytes. */
  readonly maxOutput: number;
  readonly denialsFail: boolean;
}

/** Why a run is no success. The order matters: the first problem found names the cause. */
export function runFailure(
  end: FinishedProcess,
  transcript: Transcript,
  { stderr, stoppedAfterResult, maxOutput, denialsFail }: RunFacts,
): Failure | undefined {
  const { result } = transcript;
  const now = Date.now();
  if (result === undefined) {
    const exit = exitFailure(end, [0], []);
    if (exit === undefined) return tooLarge(end, maxOutput) ?? noResult(end, transcript);
    return plainFailure(transcript, stderr, end.exitCode ?? 0, now) ?? signalFailure(end) ?? exit;
  }
  const declared = declaredFailure(result, transcript, now);
  if (declared !== undefined) return declared;
  const exit = stoppedAfterResult ? undefined : exitFailure(end, [0], []);
  if (exit !== undefined) return { ...exit, message: `gave a result, but ${exit.message}` };
  if (transcript.ambiguous) {
    return {
      code: "no_result",
      message: "gave two results for one turn, and hardcall cannot tell which is right",
      effect: "completed",
    };
  }
  const large = tooLarge(end, maxOutput);
  if (large !== undefined) return large;
  const denials = result.permissionDenials.length;
  if (denials > 0 && denialsFail) {
    const calls = denials === 1 ? "once; the denied tool call" : `${denials} times; the denied tool calls`;
    const message = `was denied permission ${calls} did not run`;
    return { code: "permission_denied", message, effect: "completed" };
  }
  return undefined;
}

function tooLarge({ stdout }: FinishedProcess, maxOutput: number): Failure | undefined {
  if (stdout.bytes <= maxOutput) return undefined;
  const message = `printed ${stdout.bytes} bytes on stdout, more than ${optionName("maxOutput")} (${maxOutput})`;
  return { code: "output_too_large", message, effect: "completed" };
}

function noResult(end: FinishedProcess, transcript: Transcript): Failure {
  const { cutOff, events, noise } = transcript;
  if (end.stdout.bytes === 0 || (events === 0 && noise === 0)) return blankFailure("") as Failure;
  const effect = effectOf(transcript) === "unknown" ? "unknown" : "completed";
  if (cutOff) {
    return {
      code: "truncated_output",
      message: `stopped printing in the middle of an event, after ${end.stdout.bytes} bytes`,
      effect,
    };
  }
  return {
    code: "no_result",
    message: `exited with code 0 after ${events} events, none of them a result`,
    effect,
  };
}

/** claude exits by itself on SIGTERM and SIGHUP, with a shell's exit codes for them (observed on 2.1.329). */
function signalFailure({ exitCode }: FinishedProcess): Failure | undefined {
  if (exitCode !== 143 && exitCode !== 129) return undefined;
  const signal = exitCode === 143 ? "SIGTERM" : "SIGHUP";
  return {
    code: "killed",
    message: `was ended by ${signal}, which hardcall did not send`,
    effect: "unknown",
  };
}
