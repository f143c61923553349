import type { ErrorCode } from "../core/vocabulary.ts";
import type { Reserved, ResourceLimits } from "./types.ts";

/** A resource as `hardcall resource`, the report and the dashboard show it: plain JSON. Times are in milliseconds since 1970. */
export interface ResourceView {
  readonly name: string;
  /** What holds now: the lowest that was declared within the lease, else the newest. */
  readonly limits: ResourceLimits;
  /** Who declares what, the newest first. More than one: processes disagree. */
  readonly declared: readonly Declared[];
  readonly places: readonly PlaceView[];
  /** At least so many: of more than 48 processes that wait, only those that wait longest are known. */
  readonly waiting: { readonly count: number; readonly oldestAt?: number | undefined };
  readonly rate?: RateView | undefined;
  readonly budget?: BudgetView | undefined;
  readonly breaker: BreakerView;
  /** The last 20 changes of the breaker, the newest first. */
  readonly history: readonly BreakerChange[];
}

export interface Declared {
  readonly limits: ResourceLimits;
  readonly seenAt: number;
  /** A process that declared it. */
  readonly host: string;
  readonly pid: number;
}

export interface PlaceView {
  readonly ticket: string;
  readonly callId: string;
  readonly name: string;
  readonly attempt: number;
  readonly since: number;
  readonly reservedUsd: number;
  readonly basis: Reserved["basis"];
  readonly trial: boolean;
  /** The process has the place but does not know it yet: it finds that at its next look. */
  readonly assigned: boolean;
  readonly host: string;
  readonly pid: number;
}

export interface RateView {
  readonly used: number;
  readonly of: number;
  /** The window for people: `1 h`, or `day (Europe/Berlin)`. */
  readonly per: string;
  /** When a start is possible; absent when it is now. */
  readonly roomAt?: number | undefined;
}

export interface BudgetView {
  readonly spentUsd: number;
  /** What running attempts may still cost. */
  readonly reservedUsd: number;
  /** The part of `spentUsd` that is not known: reservations that stand for the cost of attempts that told none. */
  readonly unknownUsd: number;
  /** How many attempts of the window told no cost. */
  readonly unknownCalls: number;
  readonly of: number;
  /** The window for people: `1 h`, or `day (Europe/Berlin)`. */
  readonly per: string;
  /** When money leaves the window; absent when there is room now. */
  readonly roomAt?: number | undefined;
}

export interface BreakerView {
  readonly state: "closed" | "open" | "half_open";
  /** Why it is open; `"operator"` if an operator opened it. */
  readonly code?: ErrorCode | "operator" | undefined;
  readonly since?: number | undefined;
  /** When it closes by itself, or lets the trial through. */
  readonly until?: number | undefined;
  /** The operator, and the operator's reason. */
  readonly by?: string | undefined;
  readonly why?: string | undefined;
  /** The call that opened it. */
  readonly callId?: string | undefined;
  readonly name?: string | undefined;
  /** `overloaded` and `unavailable` in a row. */
  readonly failuresInRow: number;
}

/** A change of the breaker. */
export interface BreakerChange {
  readonly at: number;
  readonly to: "open" | "closed";
  /** What changed it: an error code, an operator, the trial's success, or a known end that came. */
  readonly because: ErrorCode | "operator" | "trial" | "end";
  readonly until?: number | undefined;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
  readonly callId?: string | undefined;
  readonly name?: string | undefined;
}
