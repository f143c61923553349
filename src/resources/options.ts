import type { Duration } from "../core/duration.ts";
import type { ErrorCode } from "../core/vocabulary.ts";
import type { ResourceLimits } from "./types.ts";

/** What `defineResource` takes: a name, and at least one limit. */
export interface ResourceOptions {
  /** Calls whose resources have one name in one ledger share its limits. `[a-z0-9-]`, at most 64 characters. */
  readonly name: string;
  /** Calls at once, over all processes and hosts that use the ledger. 1 to 1000. */
  readonly concurrency?: number | undefined;
  /** Attempts that may start in a window. */
  readonly rate?: RateOptions | undefined;
  /** What attempts may cost in a window: what was spent, and what running attempts may still cost. */
  readonly budget?: BudgetOptions | undefined;
  /** Stops calls that cannot succeed: after `auth`, `billing`, a `rate_limited` with a known end, or several failures of the service. @default false */
  readonly circuitBreaker?: boolean | BreakerOptions | undefined;
  /**
   * What an attempt cost, in USD, instead of what its callee reports: a number for each that started, or a function that reads its result
   * (`undefined`: unknown).
   */
  readonly cost?: number | ((result: CallCost) => number | undefined) | undefined;
  /** The price of a TiB, in USD, for jobs that report the bytes they are billed for. */
  readonly usdPerTiB?: number | undefined;
}

export interface RateOptions {
  readonly starts: number;
  /** A duration, for a sliding window, or `"day"`: from one local midnight to the next. */
  readonly per: Duration;
  /** The IANA time zone of `per: "day"`, such as `"Europe/Berlin"`. @default "UTC" */
  readonly timeZone?: string | undefined;
}

export interface BudgetOptions {
  readonly usd: number;
  /** A duration, for a sliding window, or `"day"`: from one local midnight to the next. */
  readonly per: Duration;
  /** The IANA time zone of `per: "day"`, such as `"Europe/Berlin"`. @default "UTC" */
  readonly timeZone?: string | undefined;
}

export interface BreakerOptions {
  /** How many `overloaded` and `unavailable` in a row, over all processes, open the breaker. @default 5 */
  readonly failures?: number | undefined;
  /** How long after `auth`, `billing` or those failures one trial call is let through. It doubles each time the trial fails. @default "5m" */
  readonly cooldown?: Duration | undefined;
  /** The longest cooldown. @default "1h" */
  readonly maxCooldown?: Duration | undefined;
}

/** What is known of an attempt that has ended, for `cost`. */
export interface CallCost {
  /** The value of a success. */
  readonly value?: unknown;
  /** How it failed; absent after a success. */
  readonly code?: ErrorCode | undefined;
  /** What the callee reported. */
  readonly costUsd?: number | undefined;
  /** The tokens that an agent reported of a success, by the names that it gives them. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  /** The bytes that a job was billed for. */
  readonly bytesBilled?: number | undefined;
  readonly durationMs: number;
}

/** A resource that calls share. Made by `defineResource`. */
export interface Resource {
  readonly name: string;
  /** What was declared, before the environment. */
  readonly limits: ResourceLimits;
  readonly cost?: ResourceOptions["cost"];
  readonly usdPerTiB?: number | undefined;
}
