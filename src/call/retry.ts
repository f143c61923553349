import type { Failure } from "../core/callee.ts";
import type { Duration } from "../core/duration.ts";
import type { Effects, ErrorCode } from "../core/vocabulary.ts";

export interface RetryOptions {
  /** The most attempts of one call, the first included: 1 to 100. */
  readonly attempts: number;
  /** The longest first wait; it doubles with each attempt. The wait itself is random, from 0 to this. @default "1s" */
  readonly baseDelay?: Duration | undefined;
  /** The longest wait. @default "30s" */
  readonly maxDelay?: Duration | undefined;
  /** hardcall starts no attempt with less time left than this. @default a tenth of the attempt limit (of the total without one) */
  readonly minAttempt?: Duration | undefined;
  /**
   * Tells the next attempt of an agent's call what was wrong with the output of this one; `"resume"` does so in the same session.
   *
   * @default false
   */
  readonly feedback?: boolean | "resume" | undefined;
}

/** Retry options with every duration in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly minAttemptMs: number;
  readonly feedback: boolean | "resume";
}

/** Codes that are never retried. */
const TERMINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "auth",
  "billing",
  "invalid_request",
  "refused",
  "turn_limit",
  "budget_limit",
  "permission_denied",
  "cancelled",
  "invalid_config",
  "key_conflict",
  "duplicate_streak",
  // An operator must look first.
  "in_doubt",
  "cancel_unconfirmed",
  "lease_lost",
  "ledger_unavailable",
]);

/** What may follow a failed attempt, judged by its effect alone, without limits of time and attempts. */
export type Permission =
  /** A retry does no harm. */
  | "again"
  /** A retry only after the probe has found the effect absent. */
  | "probe"
  /** No retry; a new call with the same key may run. */
  | "next_call"
  /** A repeat could do harm, and nothing can tell. */
  | "stop";

/** Effects × what is known. The table of docs/tasks-and-retries.md, as a function. */
export function mayFollow(effects: Effects, hasKey: boolean, failure: Pick<Failure, "effect">): Permission {
  if (effects === "none") return "again";
  const harmless = failure.effect === "not_started" || failure.effect === "rejected";
  // Without a key, no ledger can keep a retry from doing the work twice.
  if (effects === "once" || !hasKey) return harmless ? "next_call" : "stop";
  if (harmless || effects === "keyed") return "again";
  return "probe";
}

/** Whether a new call with the same input is safe and could end better. */
export function isRetryable(
  effects: Effects,
  hasKey: boolean,
  failure: Pick<Failure, "effect" | "code" | "retryAfterMs">,
): boolean {
  // With a time, the probe can decide later.
  if (failure.code === "in_doubt") return failure.retryAfterMs !== undefined;
  return !TERMINAL.has(failure.code) && mayFollow(effects, hasKey, failure) !== "stop";
}

export type RetryDecision =
  { readonly again: true; readonly delayMs: number; readonly probe: boolean } | { readonly again: false };

/** Whether and when hardcall makes another attempt. `random` is in [0, 1). */
export function decideRetry(of: {
  readonly failure: Failure;
  readonly effects: Effects;
  readonly hasKey: boolean;
  readonly policy: RetryPolicy;
  /** Attempts made so far. */
  readonly attempt: number;
  readonly remainingMs: number;
  /** How long after the end of an attempt `absent` from the probe starts to count. */
  readonly effectWithinMs: number;
  readonly random: number;
}): RetryDecision {
  const { failure, policy, attempt } = of;
  if (attempt >= policy.attempts || TERMINAL.has(failure.code)) return { again: false };
  const permission = mayFollow(of.effects, of.hasKey, failure);
  if (permission === "stop" || permission === "next_call") return { again: false };
  const delayMs = Math.max(backoffMs(policy, attempt, of.random), failure.retryAfterMs ?? 0);
  const waitMs = permission === "probe" ? Math.max(delayMs, of.effectWithinMs) : delayMs;
  if (of.remainingMs - waitMs < policy.minAttemptMs) return { again: false };
  return { again: true, delayMs, probe: permission === "probe" };
}

/** Full jitter: anywhere between 0 and a bound that doubles (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export function backoffMs(
  policy: Pick<RetryPolicy, "baseDelayMs" | "maxDelayMs">,
  attempt: number,
  random: number,
): number {
  return Math.floor(random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1)));
}
