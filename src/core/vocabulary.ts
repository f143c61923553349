/**
 * How a call ended: `executed` now; `replayed`, its key had succeeded before; `recovered`, a probe or an operator found its effect; `failed`;
 * `in_doubt`, an earlier attempt may have taken effect; `in_progress`, another process runs it.
 */
export type Outcome = "executed" | "replayed" | "recovered" | "failed" | "in_doubt" | "in_progress";

/**
 * What a repeat of the call would do: `none`, no harm; `keyed`, the callee ignores a key that it knows; `verifiable`, a probe can tell whether
 * the effect exists; `once`, harm, and no probe exists.
 */
export type Effects = "none" | "keyed" | "verifiable" | "once";

/**
 * What is known of the effect of an attempt: `not_started` (nothing ran), `rejected` (the callee refused, without effect), `completed`
 * (it did its work) or `unknown`.
 */
export type Effect = "not_started" | "rejected" | "completed" | "unknown";

/** The answer of a probe to the question whether the effect exists. */
export type ProbeAnswer = "present" | "absent" | "unknown";

/** Why a call failed. Low in number and stable, so it can label a metric (OpenTelemetry `error.type`). */
export type ErrorCode = (typeof ERROR_CODES)[number];

export const ERROR_CODES = [
  "timeout",
  "idle_timeout",
  "cancelled",
  "spawn_failed",
  "exit_nonzero",
  "killed",
  "empty_output",
  "output_too_large",
  "truncated_output",
  "invalid_output",
  "no_result",
  "evidence_missing",
  "rate_limited",
  "overloaded",
  "unavailable",
  "auth",
  "billing",
  "invalid_request",
  "refused",
  "turn_limit",
  "budget_limit",
  "permission_denied",
  "job_failed",
  "cancel_unconfirmed",
  "in_doubt",
  "in_progress",
  "key_conflict",
  "lease_lost",
  "ledger_unavailable",
  "duplicate_streak",
  "output_not_kept",
  "busy",
  "over_budget",
  "circuit_open",
  "invalid_config",
] as const;
