import type { ErrorCode } from "../core/vocabulary.ts";

/**
 * BigQuery's reasons (cloud.google.com/bigquery/docs/error-messages). `rateLimitExceeded` passes in seconds; `quotaExceeded` is
 * about hours or a day, so it is `rate_limited` too, with a time to wait that no call has left.
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

/** The quotas renew over hours; no call waits so long, and its caller learns when to come back. */
export const QUOTA_RETRY_AFTER_MS = 3_600_000;

export function reasonCode(reason: string): ErrorCode {
  return CODES.get(reason) ?? "job_failed";
}
