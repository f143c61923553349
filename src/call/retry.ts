import type { Failure } from "../core/callee.ts";
import type { Duration } from "../core/duration.ts";
import type { Effects, ErrorCode } from "../core/vocabulary.ts";

export interface RetryOptions {
  /** How often the callee may be started in all, the first time included. */
  readonly attempts: number;
  /** The first wait is somewhere between 0 and this; it doubles each time. @default "1s" */
  readonly baseDelay?: Duration | undefined;
  /** The longest wait. @default "30s" */
  readonly maxDelay?: Duration | undefined;
  /** No attempt starts with less time left than this. @default a tenth of the attempt limit (of the total without one) */
  readonly minAttempt?: Duration | undefined;
  /**
   * Tells the next attempt of a claude call what was wrong with the output of this one; `"resume"` does so in the same session.
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

/** Codes that another attempt cannot mend. */
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
  // Somebody must look before anything else is done.
  "in_doubt",
  "cancel_unconfirmed",
  "lease_lost",
  "ledger_unavailable",
]);

/** What may follow a failed attempt as far as the world is concerned; time and the number of attempts are apart. */
export type Permission =
  /** A repeat does no harm. */
  | "again"
  /** Only when the probe finds the effect absent. */
  | "probe"
  /** Not by itself; a next call with the same key may. */
  | "next_call"
  /** Nobody knows what a repeat would do. */
  | "stop";

/** Effects × what is known. The table of docs/tasks-and-retries.md, as a function. */
export function mayFollow(effects: Effects, hasKey: boolean, failure: Pick<Failure, "effect">): Permission {
  if (effects === "none") return "again";
  const harmless = failure.effect === "not_started" || failure.effect === "rejected";
  // Without a key there is nothing to gate with.
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
  // With a time it is only too early to tell.
  if (failure.code === "in_doubt") return failure.retryAfterMs !== undefined;
  return !TERMINAL.has(failure.code) && mayFollow(effects, hasKey, failure) !== "stop";
}

export type RetryDecision =
  { readonly again: true; readonly delayMs: number; readonly probe: boolean } | { readonly again: false };

/** Whether and when the runtime starts the callee once more. `random` is in [0, 1). */
export function decideRetry(of: {
  readonly failure: Failure;
  readonly effects: Effects;
  readonly hasKey: boolean;
  readonly policy: RetryPolicy;
  /** Attempts made so far. */
  readonly attempt: number;
  readonly remainingMs: number;
  /** How long a probe that finds nothing has to be waited for until it counts. */
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
