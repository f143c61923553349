import type { ErrorCode } from "../../core/vocabulary.ts";
import { statusOfError } from "./classify.ts";

/** What happened, for the message of a failed turn. codex's own text may quote the prompt and is never part of it. */
const WHAT: Partial<Readonly<Record<ErrorCode, string>>> = {
  rate_limited: "reached a rate or usage limit",
  overloaded: "was turned away because the model is overloaded",
  unavailable: "got no answer from the model, because the API failed or could not be reached",
  auth: "was denied access: the key or the login is missing, invalid or not permitted",
  billing: "was turned away: the account's quota is used up, or its plan does not include codex",
  invalid_request: "was refused because the request is invalid",
  refused: "was refused by the model or by a filter of the API",
  truncated_output: "was cut off at the model's output limit",
};

/** More than the code says, where codex's words do. */
const PRECISELY: readonly (readonly [RegExp, string])[] = [
  [/^Codex ran out of room/, "was refused because the prompt or the thread is too long for the model"],
  // The body of the API's answer, as 0.166.0 gives it. In a text that it quotes these quotes would be escaped.
  [
    /^\{.*"code":\s*"context_length_exceeded"/s,
    "was refused because the prompt or the thread is too long for the model",
  ],
  [/^The model `/, "was refused because the API does not have the model, or not for this account"],
  [
    /^Missing environment variable/,
    "has no key: the environment variable that its provider names is not set",
  ],
];

export function describeCodexError(code: ErrorCode, message: string): string {
  const precise = PRECISELY.find(([pattern]) => pattern.test(message))?.[1];
  if (precise !== undefined) return precise;
  const what = WHAT[code] ?? "failed its turn with an error that hardcall does not know";
  const status = statusOfError(message);
  return status === undefined ? what : `${what} (HTTP status ${status})`;
}
