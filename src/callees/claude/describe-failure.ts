import type { ErrorCode } from "../../core/vocabulary.ts";
import type { ResultEvent } from "./result-event.ts";

/** What happened, for the message of a failure that a result declares. claude's own text may quote the prompt and is never part of it. */
const WHAT: Partial<Readonly<Record<ErrorCode, string>>> = {
  rate_limited: "reached a rate or usage limit",
  overloaded: "was turned away because the API is overloaded",
  unavailable: "got no answer from the model, because the API failed or could not be reached",
  auth: "was denied access: the key or the login is missing, invalid or not permitted",
  billing: "was turned away: the account's credit or its spending limit is used up",
  invalid_request: "was refused because the request is invalid",
  truncated_output: "was cut off at the model's output limit",
  invalid_output: "gave up, because no answer of the model fitted the schema",
};

export function describeFailure(code: ErrorCode, result: ResultEvent): string {
  // Their code says all that their fields do, and `num_turns` counts differently from the limit.
  if (code === "turn_limit") return "stopped at its limit of turns, before it was done";
  if (code === "budget_limit") return "stopped at its spending limit, before it was done";
  const details = detailsOf(result);
  const what = invalidRequest(code, result) ?? WHAT[code];
  if (what !== undefined) return details.length > 0 ? `${what} (${details.join(", ")})` : what;
  return details.length > 0
    ? `ended with an error that claude calls ${details.join(", ")}`
    : "ended with a result that does not say success, and gives no reason that hardcall knows";
}

function invalidRequest(
  code: ErrorCode,
  { terminalReason, apiErrorStatus }: ResultEvent,
): string | undefined {
  if (code !== "invalid_request") return undefined;
  if (terminalReason === "prompt_too_long") return "was refused because the prompt is too long for the model";
  if (apiErrorStatus === 404)
    return "was refused because the API does not have what it asked for, such as its model";
  return undefined;
}

/** `subtype`, HTTP status and kind, which have few values. "completed" says only that the run came to its end. */
function detailsOf(result: ResultEvent): readonly string[] {
  const { subtype, apiErrorStatus: status, apiErrorType, apiError, terminalReason: reason } = result;
  const parts = [
    subtype === "success" ? undefined : subtype,
    status === undefined ? undefined : `HTTP status ${status}`,
    apiErrorType ?? apiError,
    reason === "api_error" || reason === "completed" ? undefined : reason,
  ];
  const plain = parts.filter((part) => part !== undefined && /^[\w ]{1,60}$/.test(part));
  return [...new Set(plain as string[])];
}
