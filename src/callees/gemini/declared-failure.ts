import type { Effect, ErrorCode } from "../../core/vocabulary.ts";
import type { Failure } from "../../core/callee.ts";
import { readApiError, retryAfterMs } from "./api-error.ts";
import type { GeminiResult } from "./result-event.ts";
import type { GeminiTranscript } from "./transcript.ts";

/** The class of gemini's own errors (`error.type` of the result), which are not the API's. */
const BY_TYPE: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ["FatalTurnLimitedError", "turn_limit"],
  ["FatalAuthenticationError", "auth"],
  ["FatalInputError", "invalid_request"],
  ["FatalConfigError", "invalid_request"],
  ["FatalSandboxError", "invalid_request"],
  ["FatalUntrustedWorkspaceError", "invalid_request"],
  ["FatalCancellationError", "killed"],
  ["FatalToolExecutionError", "job_failed"],
]);

/** How gemini's error events begin (0.61.0), which come before a result that has no reason of its own. They are fixed texts. */
const BY_PROBLEM: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^The model returned (?:an empty|reasoning thoughts)/, "empty_output", "answered with nothing"],
  [/^Model response was truncated/, "truncated_output", "was cut off at the model's output limit"],
  [/^The model response was blocked/, "refused", "was refused: the model's answer was blocked"],
  [
    /^Model stream ended with (?:malformed function|unexpected tool) call/,
    "no_result",
    "ended with a tool call that gemini cannot read, and without an answer",
  ],
  [/^Maximum session turns exceeded/, "turn_limit", "stopped at its limit of turns, before it was done"],
];

const NO_FINISH_REASON = /^Model stream ended without a finish reason/;

/** The error that the result of a run declares; `undefined` for a success. */
export function geminiDeclaredFailure(
  result: GeminiResult,
  transcript: GeminiTranscript,
  exitCode: number | undefined,
): Failure | undefined {
  if (!result.isError) return undefined;
  const { errorMessage = "", errorType } = result;
  const own = BY_TYPE.get(errorType);
  if (own !== undefined) {
    const effect = own === "killed" ? "unknown" : geminiEffect(transcript);
    return { code: own, message: WHAT[own] ?? ended(errorType), effect };
  }
  const api = readApiError(errorMessage, exitCode);
  if (api !== undefined) return geminiApiFailure(api, retryAfterMs(errorMessage), geminiEffect(transcript));
  if (transcript.problem !== undefined) return geminiProblemFailure(transcript.problem, transcript);
  return { code: "job_failed", message: ended(errorType), effect: geminiEffect(transcript) };
}

/** The failure that the API's error stands for. */
export function geminiApiFailure(
  { code, status }: { readonly code: ErrorCode; readonly status: number | undefined },
  waitMs: number | undefined,
  effect: Effect,
): Failure {
  const what = status === 404 ? NOT_FOUND : (WHAT[code] ?? "failed at the API");
  const waits = (code === "rate_limited" || code === "overloaded") && waitMs !== undefined;
  return {
    code,
    message: status === undefined ? what : `${what} (HTTP status ${status})`,
    effect,
    ...(waits && { retryAfterMs: waitMs }),
  };
}

/** The failure of an error event. The API had answered, but with no answer that gemini can use. */
export function geminiProblemFailure(problem: string, transcript: GeminiTranscript): Failure {
  if (NO_FINISH_REASON.test(problem)) {
    // A blocked prompt looks the same: an answer without text and without a reason.
    return transcript.answer.text === ""
      ? { code: "empty_output", message: "got an answer without text from the API", effect: "completed" }
      : {
          code: "truncated_output",
          message: "was cut off: the API's answer has no end",
          effect: "completed",
        };
  }
  const known = BY_PROBLEM.find(([pattern]) => pattern.test(problem));
  if (known === undefined)
    return { code: "job_failed", message: ended(undefined), effect: geminiEffect(transcript) };
  const [, code, message] = known;
  const isDone = code !== "refused" && code !== "turn_limit";
  return { code, message, effect: isDone ? "completed" : geminiEffect(transcript) };
}

/** An error before the first tool that can change something means that gemini changed nothing. */
export const geminiEffect = (transcript: GeminiTranscript): Effect =>
  transcript.mayHaveActed ? "unknown" : "rejected";

export const TURN_LIMIT =
  "stopped at the limit of turns in its settings (model.maxSessionTurns), before it was done";

/** What happened, for a message. gemini's own text may quote the prompt and is never part of it. */
const WHAT: Partial<Readonly<Record<ErrorCode, string>>> = {
  rate_limited: "reached a rate limit or a quota",
  overloaded: "was turned away because the API is overloaded",
  unavailable: "got no answer from the model: the API failed, or the connection did",
  auth: "was denied access: the key or the login is missing, invalid or not permitted",
  billing: "was turned away: the account has no credit, or no billing",
  invalid_request: "was refused because the request is invalid",
  turn_limit: TURN_LIMIT,
  killed: "was cancelled by a signal, which hardcall did not send",
};

const NOT_FOUND = "was refused because the API does not have what it asked for, such as its model";

/** @param type few values, all of gemini's own */
const ended = (type: string | undefined) =>
  type !== undefined && /^\w{1,60}$/.test(type) && type !== "unknown"
    ? `ended with an error that gemini calls ${type}`
    : "ended with a result that does not say success, and gives no reason that hardcall knows";
