import { codeOfStatus } from "../../core/http-status.ts";
import type { ErrorCode } from "../../core/vocabulary.ts";
import type { Failure } from "../../core/callee.ts";
import { describeFailure } from "./describe-failure.ts";
import type { ResultEvent } from "./result-event.ts";
import type { ClaudeTranscript } from "./transcript.ts";

/** `error` of an assistant message (`SDKAssistantMessageError` of the official SDK). */
const BY_ASSISTANT_ERROR: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ["authentication_failed", "auth"],
  ["oauth_org_not_allowed", "auth"],
  ["account_on_hold", "auth"],
  ["verification_required", "auth"],
  ["cloud_credential_error", "auth"],
  ["billing_error", "billing"],
  ["rate_limit", "rate_limited"],
  ["overloaded", "overloaded"],
  ["invalid_request", "invalid_request"],
  ["model_not_found", "invalid_request"],
  ["max_output_tokens", "truncated_output"],
]);

const BY_SUBTYPE: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ["error_max_turns", "turn_limit"],
  ["error_max_budget_usd", "budget_limit"],
  ["error_max_structured_output_retries", "invalid_output"],
  ["error_during_execution", "job_failed"],
]);

const BY_TERMINAL_REASON: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ["prompt_too_long", "invalid_request"],
  ["max_turns", "turn_limit"],
  ["budget_exhausted", "budget_limit"],
  ["structured_output_retry_exhausted", "invalid_output"],
]);

/**
 * How the CLI's error texts begin, for versions and failures without any of these fields. Used only on the text of an error, never on
 * an answer: an answer may be about rate limits.
 */
const BY_TEXT: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Claude AI usage limit reached\|\d+/, "rate_limited"],
  [/^You've hit your [\w ]*limit\b/, "rate_limited"],
  [/^API Error: (?:Request rejected \(429\)|429\b|Rate limit)/i, "rate_limited"],
  [/^API Error: (?:Repeated )?529\b/, "overloaded"],
  [/^API Error: 5\d\d\b/, "unavailable"],
  [/^API Error: (?:Connection|Request timed out)/, "unavailable"],
  [/^(?:Invalid API key|Not logged in|Failed to authenticate|OAuth token)/, "auth"],
  [/^(?:Credit balance is too low|Spend limit reached)/i, "billing"],
  [/^(?:Prompt is too long|There's an issue with the selected model)/, "invalid_request"],
  [
    /^(?:error: |No conversation found|Error processing --|Error: (?:Input |When using |--|Invalid (?:session ID|MCP)|Session ID \S+ is already|Settings file|Cannot use settings|(?:Append s|S)ystem prompt file|piped stdin))/,
    "invalid_request",
  ],
  [/^Error: Reached max turns/, "turn_limit"],
];

/** claude has tried by itself already, and kept none of the answers that it refused. */
const SIMPLER_SCHEMA = "Simplify the schema, or say in the prompt what it asks for.";

/** The failure that the result of a run declares; `undefined` for a success. */
export function declaredFailure(
  result: ResultEvent,
  transcript: ClaudeTranscript,
  now: number,
): Failure | undefined {
  if (result.stopReason === "refusal") {
    return { code: "refused", message: "was refused by the model", effect: effectOf(transcript) };
  }
  if (result.stopReason === "max_tokens") {
    return {
      code: "truncated_output",
      message: "was cut off at the model's output limit",
      effect: "completed",
    };
  }
  if (!result.isError && result.subtype === "success") return undefined;
  const code = codeOf(result, transcript.apiError);
  return {
    code,
    message: describeFailure(code, result),
    ...(code === "invalid_output" && { advice: SIMPLER_SCHEMA }),
    // The run finished with an incomplete or invalid output; nothing was refused.
    effect: code === "truncated_output" || code === "invalid_output" ? "completed" : effectOf(transcript),
    ...(code === "rate_limited" && {
      retryAfterMs: retryAfterMs(result.text ?? "", transcript.limitResetsAt, now),
    }),
  };
}

function codeOf(result: ResultEvent, assistantError: string | undefined): ErrorCode {
  const { subtype, apiErrorStatus: status, firstError } = result;
  // For `error_during_execution` only the text shows that the run did not begin, as with an unknown session (2.1.329).
  const execution = subtype === "error_during_execution" ? byText(firstError) : undefined;
  return (
    execution ??
    BY_SUBTYPE.get(subtype) ??
    (result.apiErrorType === "overloaded_error" ? "overloaded" : undefined) ??
    (result.apiError === "max_output_tokens" ? "truncated_output" : undefined) ??
    (result.apiError === "connection_failed" ? "unavailable" : undefined) ??
    BY_ASSISTANT_ERROR.get(assistantError) ??
    (status === undefined ? undefined : codeOfStatus(status)) ??
    BY_TERMINAL_REASON.get(result.terminalReason) ??
    byText(result.text ?? firstError) ??
    (assistantError === undefined ? "job_failed" : "unavailable")
  );
}

/** The failure of a run that ended without a result, from the text that it printed instead. */
export function plainFailure(
  transcript: ClaudeTranscript,
  stderr: string,
  exitCode: number,
  now: number,
): Failure | undefined {
  if (transcript.events > 0) return undefined;
  for (const text of [transcript.firstNoise ?? "", stderr.trimStart()]) {
    const code = byText(text);
    if (code === undefined) continue;
    return {
      code,
      message: `exited with code ${exitCode} before the run began`,
      effect: "rejected",
      ...(code === "rate_limited" && { retryAfterMs: retryAfterMs(text, undefined, now) }),
    };
  }
  return undefined;
}

const byText = (text = "") => BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];

/** An error before the first tool call means that claude changed nothing. */
export const effectOf = (transcript: ClaudeTranscript) => (transcript.usedTools ? "unknown" : "rejected");

/** Milliseconds until the limit ends. A time in the past or more than a week ahead is ignored. */
function retryAfterMs(text: string, resetsAt: number | undefined, now: number): number | undefined {
  const seconds = resetsAt ?? Number(/^Claude AI usage limit reached\|(\d+)/.exec(text)?.[1] ?? Number.NaN);
  const ms = seconds * 1000 - now;
  return ms > 0 && ms <= 7 * 86_400_000 ? Math.ceil(ms) : undefined;
}
