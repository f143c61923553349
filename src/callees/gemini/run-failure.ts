import type { Failure } from "../../core/callee.ts";
import { codeOfStatus } from "../../core/http-status.ts";
import type { ErrorCode } from "../../core/vocabulary.ts";
import { denied, noResult, tooLarge } from "../agent/failures.ts";
import { exitFailure, type EndedProcess } from "../subprocess/failure.ts";
import { statusOfExit } from "./api-error.ts";
import {
  geminiApiFailure,
  geminiDeclaredFailure,
  geminiEffect,
  geminiProblemFailure,
  TURN_LIMIT,
} from "./declared-failure.ts";
import type { FinishReasons } from "./finish-reasons.ts";
import type { GeminiTranscript } from "./transcript.ts";

export interface GeminiRunFacts {
  /** The tail of stderr. */
  readonly stderr: string;
  /** The result came before the run had to stop, so the exit code means nothing. */
  readonly stoppedAfterResult: boolean;
  /** Bytes. */
  readonly maxOutput: number;
  readonly denialsFail: boolean;
  /** What gemini's own records tell of the last answer, if it wrote any. */
  readonly finish: FinishReasons | undefined;
}

/** Why a run is no success. The order matters: the first problem found names the cause. */
export function geminiRunFailure(
  end: EndedProcess,
  transcript: GeminiTranscript,
  { stderr, stoppedAfterResult, maxOutput, denialsFail, finish }: GeminiRunFacts,
): Failure | undefined {
  const { result, ownRetry } = transcript;
  if (transcript.otherSession) {
    const message = "continued another session than the one that it was asked for, so hardcall ended it";
    return { code: "invalid_request", message, effect: geminiEffect(transcript) };
  }
  if (ownRetry !== undefined && end.finished) {
    const { code, status, retryAfterMs } = ownRetry;
    return geminiApiFailure({ code, status }, retryAfterMs, geminiEffect(transcript));
  }
  if (result === undefined) {
    const exit = exitFailure(end, [0], []);
    if (exit === undefined) return tooLarge(end, maxOutput) ?? withoutResult(end, transcript);
    return plainFailure(end, transcript, stderr) ?? exit;
  }
  const declared = geminiDeclaredFailure(result, transcript, end.exitCode);
  if (declared !== undefined) return declared;
  const exit = stoppedAfterResult ? undefined : exitFailure(end, [0], []);
  if (exit !== undefined) return { ...exit, message: `gave a result, but ${exit.message}` };
  if (transcript.ambiguous) {
    const message = "gave two results for one run, and hardcall cannot tell which is right";
    return { code: "no_result", message, effect: "completed" };
  }
  const large = tooLarge(end, maxOutput);
  if (large !== undefined) return large;
  if (transcript.problem !== undefined) return geminiProblemFailure(transcript.problem, transcript);
  const stopped = stoppedByItself(transcript) ?? cutOff(finish, transcript);
  if (stopped !== undefined) return stopped;
  return transcript.denials.length > 0 && denialsFail ? denied(transcript.denials.length) : undefined;
}

/** Warnings of gemini that mean that it stopped before it was done, although its result says success. */
function stoppedByItself(transcript: GeminiTranscript): Failure | undefined {
  const { warning = "", mayHaveActed } = transcript;
  if (warning.startsWith("Loop detected")) {
    const message = "stopped in a loop: the model repeated itself or the same tool call, and gemini gave up";
    // Another attempt may get out of it. The tools of this one have run, several times.
    return { code: "truncated_output", message, effect: mayHaveActed ? "unknown" : "completed" };
  }
  if (warning.startsWith("Agent execution blocked")) {
    const message = "was blocked by a hook of gemini's settings";
    return { code: "permission_denied", message, effect: geminiEffect(transcript) };
  }
  return undefined;
}

/** An answer that the API cut off after some text: gemini's output calls it a success, its own records do not. */
function cutOff(finish: FinishReasons | undefined, transcript: GeminiTranscript): Failure | undefined {
  if (finish?.last === "length") {
    const message = "was cut off at the model's output limit";
    return { code: "truncated_output", message, effect: "completed" };
  }
  if (finish?.last === "content_filter") {
    const message = "was cut off by the model's filter (safety, recitation or prohibited content)";
    return { code: "refused", message, effect: geminiEffect(transcript) };
  }
  if (transcript.answer.after(finish?.retriedAt) === undefined) {
    const message = "printed an answer that had broken off and the next one as one text";
    return { code: "truncated_output", message, effect: "completed" };
  }
  return undefined;
}

function withoutResult(end: EndedProcess, transcript: GeminiTranscript): Failure {
  const failure = noResult(end, transcript, { usedTools: transcript.mayHaveActed, final: "a result" });
  if (failure.code !== "no_result") return failure;
  return { ...failure, message: `${failure.message}; gemini also exits so when a signal ends it` };
}

/** Exit codes of gemini for failures before a run begins (0.61.0). */
const BY_EXIT_CODE: ReadonlyMap<number | undefined, readonly [ErrorCode, string]> = new Map([
  [41, ["auth", "found no key and no login that it can use"]],
  [42, ["invalid_request", "does not know the session, or got no prompt that it takes"]],
  [44, ["invalid_request", "could not start its sandbox"]],
  [52, ["invalid_request", "could not read its settings.json"]],
  [55, ["invalid_request", "does not run in a folder that is not trusted"]],
]);

const HOW_TO_TRUST =
  "Set GEMINI_CLI_TRUST_WORKSPACE=true in the environment of the call if you trust what is in its working folder.";

/** How stderr begins if gemini refuses its command line. */
const USAGE = /^(?:Unknown arguments?:|Invalid values:|Not enough arguments|Cannot use both)/;

/** The failure of a run that ended without a result, from its exit code: errors before the start leave stdout empty. */
function plainFailure(
  { exitCode, signal, finished }: EndedProcess,
  transcript: GeminiTranscript,
  stderr: string,
): Failure | undefined {
  if (signal !== undefined || finished) return undefined;
  const known = BY_EXIT_CODE.get(exitCode);
  if (known !== undefined) {
    const [code, message] = known;
    return { code, message, effect: "rejected", ...(exitCode === 55 && { advice: HOW_TO_TRUST }) };
  }
  if (exitCode === 1 && transcript.events === 0 && USAGE.test(stderr.trimStart())) {
    const message = "refused its command line before the run began";
    return { code: "invalid_request", message, effect: "rejected" };
  }
  // With these the run had begun. Without events, as in another format, its tools are not known either.
  const effect = transcript.events === 0 ? "unknown" : geminiEffect(transcript);
  if (exitCode === 53) return { code: "turn_limit", message: TURN_LIMIT, effect };
  const status = statusOfExit(exitCode);
  const code = status === undefined ? undefined : codeOfStatus(status);
  if (code !== undefined) return geminiApiFailure({ code, status }, undefined, effect);
  return undefined;
}
