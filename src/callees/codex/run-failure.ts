import type { Failure } from "../../core/callee.ts";
import type { Effect } from "../../core/vocabulary.ts";
import type { RunFacts } from "../agent/agent.ts";
import { denied, noResult, tooLarge } from "../agent/failures.ts";
import { exitFailure, type EndedProcess } from "../subprocess/failure.ts";
import { codexErrorCode, codexStartCode } from "./classify.ts";
import { describeCodexError } from "./describe-failure.ts";
import { codexRetryAfterMs } from "./retry-after.ts";
import type { CodexTranscript } from "./transcript.ts";

export interface CodexFacts extends Omit<RunFacts, "stderr"> {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why a run is no success. The order matters: the first problem found names the cause. */
export function codexFailure(
  end: EndedProcess,
  transcript: CodexTranscript,
  facts: CodexFacts,
): Failure | undefined {
  const { stoppedAfterResult, maxOutput, denialsFail, now } = facts;
  const { turnEnd, otherThread, ownRetry } = transcript;
  const effect = transcript.mayHaveActed ? "unknown" : "rejected";
  if (otherThread) {
    return {
      code: "invalid_request",
      message: "began a new thread instead of the one that it was to continue, so hardcall ended it",
      effect,
      advice: "Give the id of a thread that this CODEX_HOME knows. A retry does not help.",
    };
  }
  // Also if the repeated request was answered while hardcall ended codex: which of the two was faster must not decide.
  if (ownRetry !== undefined && end.finished) {
    const failure = declaredFailure(ownRetry, effect, now);
    return {
      ...failure,
      message: `${failure.message}; codex began to retry by itself, and hardcall ended it`,
    };
  }
  if (turnEnd?.kind === "failed") return declaredFailure(turnEnd.message, effect, now);
  const exit = stoppedAfterResult ? undefined : exitFailure(end, [0], []);
  if (turnEnd === undefined) {
    if (exit !== undefined) return startFailure(end, transcript) ?? exit;
    // It did not come to tell what it had done.
    return (
      tooLarge(end, maxOutput) ?? noResult(end, transcript, { usedTools: true, final: "turn.completed" })
    );
  }
  if (exit !== undefined) return { ...exit, message: `completed its turn, but ${exit.message}` };
  const large = tooLarge(end, maxOutput);
  if (large !== undefined) return large;
  const denials = transcript.denials.length;
  return denials > 0 && denialsFail ? denied(denials) : undefined;
}

function declaredFailure(message: string, effect: Effect, now: number): Failure {
  const code = codexErrorCode(message);
  return {
    code,
    message: describeCodexError(code, message),
    // The model wrote until its limit: nothing was refused.
    effect: code === "truncated_output" ? "completed" : effect,
    ...(code === "rate_limited" && { retryAfterMs: codexRetryAfterMs(message, now) }),
  };
}

/** The failure of a run that ended before its turn began, from the text that it printed instead. */
function startFailure({ exitCode }: EndedProcess, transcript: CodexTranscript): Failure | undefined {
  if (transcript.turnStarted || transcript.noise > 0) return undefined;
  if (exitCode !== 1 && exitCode !== 2) return undefined;
  const code = codexStartCode(transcript.log.head);
  if (code === undefined) return undefined;
  return { code, message: `exited with code ${exitCode} before its turn began`, effect: "rejected" };
}
