import type { ErrorCode } from "./vocabulary.ts";

/** The code that an HTTP status gives an error. It says nothing about the effect; the caller decides that. */
export function codeOfStatus(status: number): ErrorCode | undefined {
  if (status === 401 || status === 403) return "auth";
  if (status === 402) return "billing";
  if (status === 408) return "unavailable";
  if (status === 429) return "rate_limited";
  if (status === 529) return "overloaded";
  if (status >= 400 && status < 500) return "invalid_request";
  if (status >= 500 && status < 600) return "unavailable";
  return undefined;
}
