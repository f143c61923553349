import type { ErrorCode } from "../core/vocabulary.ts";
import type { Leave } from "./types.ts";

/**
 * What the end of an attempt tells the breaker: `until_end`, the service refuses until a known time; `at_once`, no call can succeed until a
 * person acts; `in_a_row`, the service fails, which counts when it repeats; `answered`, the service works; `nothing`, the attempt does not
 * tell.
 */
export type Moves = "until_end" | "at_once" | "in_a_row" | "answered" | "nothing";

/** Codes with which the service itself judged the request, so it works and accepts the key. */
const ANSWERED: ReadonlySet<ErrorCode> = new Set([
  "rate_limited",
  "invalid_request",
  "refused",
  "turn_limit",
  "budget_limit",
  "permission_denied",
  "job_failed",
  "output_too_large",
  "truncated_output",
  "invalid_output",
  "evidence_missing",
]);

export function movesBreaker({ code, opens, retryAfterMs }: Leave): Moves {
  if (code === undefined) return "answered";
  if (opens) {
    if (code === "auth" || code === "billing") return "at_once";
    if (code === "overloaded" || code === "unavailable") return "in_a_row";
    if (code === "rate_limited" && retryAfterMs !== undefined && retryAfterMs > 0) return "until_end";
    return ANSWERED.has(code) ? "answered" : "nothing";
  }
  // What a task throws may come from any other service, unless it says which answer it got.
  return "nothing";
}
