import type { RunFacts } from "../agent/agent.ts";
import { denied, noResult, tooLarge } from "../agent/failures.ts";
import { exitFailure, type EndedProcess } from "../subprocess/failure.ts";
import type { Failure } from "../../core/callee.ts";
import { declaredFailure, plainFailure } from "./classify.ts";
import type { ClaudeTranscript } from "./transcript.ts";

/** Why a run is no success. The order matters: the first problem found names the cause. */
export function runFailure(
  end: EndedProcess,
  transcript: ClaudeTranscript,
  { stderr, stoppedAfterResult, maxOutput, denialsFail }: RunFacts,
): Failure | undefined {
  const { result } = transcript;
  const now = Date.now();
  if (result === undefined) {
    const exit = exitFailure(end, [0], []);
    if (exit === undefined)
      return (
        tooLarge(end, maxOutput) ??
        noResult(end, transcript, { usedTools: transcript.usedTools, final: "a result" })
      );
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
  return denials > 0 && denialsFail ? denied(denials) : undefined;
}

/** claude exits by itself on SIGTERM and SIGHUP, with a shell's exit codes for them (observed on 2.1.329). */
function signalFailure({ exitCode }: EndedProcess): Failure | undefined {
  if (exitCode !== 143 && exitCode !== 129) return undefined;
  const signal = exitCode === 143 ? "SIGTERM" : "SIGHUP";
  return {
    code: "killed",
    message: `was ended by ${signal}, which hardcall did not send`,
    effect: "unknown",
  };
}
