import type { ErrorCode } from "../core/vocabulary.ts";

/**
 * BigQuery's reasons (cloud.google.com/bigquery/docs/error-messages). `rateLimitExceeded` ends within seconds. `quotaExceeded` lasts for
 * hours or a day; it is `rate_limited` too, with a wait that is longer than any call.
 */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ["rateLimitExceeded", "rate_limited"],
  ["userRateLimitExceeded", "rate_limited"],
  ["jobRateLimitExceeded", "rate_limited"],
  ["quotaExceeded", "rate_limited"],
  ["backendError", "unavailable"],
  ["internalError", "unavailable"],
  ["jobBackendError", "unavailable"],
  ["jobInternalError", "unavailable"],
  ["tableUnavailable", "unavailable"],
  ["accessDenied", "auth"],
  ["required", "auth"],
  ["billingNotEnabled", "billing"],
  ["billingTierLimitExceeded", "billing"],
  ["bytesBilledLimitExceeded", "billing"],
  ["invalidQuery", "invalid_request"],
  ["invalid", "invalid_request"],
  ["notFound", "invalid_request"],
  ["badRequest", "invalid_request"],
  ["blocked", "invalid_request"],
  ["notImplemented", "invalid_request"],
  ["responseTooLarge", "output_too_large"],
]);

/** Quotas renew over hours. No call waits for that; `retryAfterMs` tells the caller when to retry. */
export const QUOTA_RETRY_AFTER_MS = 3_600_000;

export function reasonCode(reason: string): ErrorCode {
  return CODES.get(reason) ?? "job_failed";
}
