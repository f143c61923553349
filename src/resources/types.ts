import type { Circuit } from "../core/circuit.ts";
import type { ErrorCode } from "../core/vocabulary.ts";
import type { Instant } from "../ledger/owner/instant.ts";
import type { Liveness, Owner } from "../ledger/owner/owner.ts";

/** The span that a rate or a budget counts over. */
export type Window =
  | { readonly kind: "sliding"; readonly ms: number }
  /** From one local midnight to the next. */
  | { readonly kind: "day"; readonly timeZone: string };

/** The limits of a resource, after the environment. What is absent is not limited. */
export interface ResourceLimits {
  /** Calls at once. */
  readonly concurrency?: number | undefined;
  readonly rate?: RateLimit | undefined;
  readonly budget?: BudgetLimit | undefined;
  readonly breaker?: BreakerLimits | undefined;
}

export interface RateLimit {
  readonly starts: number;
  readonly window: Window;
}

export interface BudgetLimit {
  readonly microUsd: number;
  readonly window: Window;
}

export interface BreakerLimits {
  /** How many `overloaded` and `unavailable` in a row open the breaker. */
  readonly failures: number;
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
}

/** When a change is decided, by which process, and which others live. */
export interface ResourceMoment {
  readonly now: Instant;
  readonly owner: Owner;
  liveness(owner: Owner): Liveness;
  /** A command or a statement that deletes the record of a resource, for messages. */
  readonly removal?: ((name: string) => string) | undefined;
}

/** What a process tells and asks in one change. */
export interface Batch {
  /** What this process declares. Absent for an operator. */
  readonly limits?: ResourceLimits | undefined;
  readonly leaves?: readonly Leave[] | undefined;
  /** All that waits in this process: replaces what the document knew of it. Absent: that stays. */
  readonly line?: WaitingLine | undefined;
  readonly operator?: OperatorEvent | undefined;
}

export interface WaitingLine {
  /** How many wait, the heads included. */
  readonly count: number;
  /** The first of them in order of arrival; at most 64. */
  readonly heads: readonly Waiting[];
}

/** A call that waits for a place. */
export interface Waiting {
  /** Names this wait and the place that it becomes. Unique in its process. */
  readonly ticket: string;
  readonly name: string;
  readonly callId: string;
  readonly attempt: number;
  readonly arrivedAt: Instant;
  /** The most that the attempt may cost, if the caller said so. */
  readonly reserveMicroUsd?: number | undefined;
  /** `false`: without a free place it is refused at once (`onBusy: "fail"`). */
  readonly patient: boolean;
}

/** A place is given back. Without a place of that ticket it changes nothing. */
export interface Leave {
  readonly ticket: string;
  /** `false`: nothing ran. The place, the start and the money are given back. */
  readonly started: boolean;
  /** The attempt is over and its work goes on: the place stays taken until another leave, and no longer counts as a trial. */
  readonly stays?: boolean | undefined;
  /** How the attempt failed; absent after a success. */
  readonly code?: ErrorCode | undefined;
  /**
   * Whether the code is the callee's own word. `false` only for what a task threw that is not `rejected()` with a status: it may come from any
   * other service, so it moves the breaker neither way.
   */
  readonly opens: boolean;
  readonly retryAfterMs?: number | undefined;
  /** What the attempt cost. Absent: unknown, so its reservation is booked and marked. */
  readonly microUsd?: number | undefined;
}

export type OperatorEvent =
  | { readonly kind: "open"; readonly by: string; readonly why: string; readonly forMs?: number | undefined }
  | { readonly kind: "close"; readonly by: string; readonly why: string };

/** What a change decided. */
export interface Changed {
  /** The new document; `undefined` when there is nothing to write. */
  readonly text: string | undefined;
  /** By ticket, for each head of the line. Apply them before `shut`. */
  readonly answers: ReadonlyMap<string, PlaceAnswer>;
  /** For all that wait in this process, also behind the heads: the breaker is open, or the rate is used up. */
  readonly shut?: Refused | undefined;
  readonly inForce: ResourceLimits;
  /** Processes declare different limits: a sentence, to be said once per process. */
  readonly disagreement?: string | undefined;
  /** After this time a look may find something new. */
  readonly nextLookMs: number;
  /** How long the places of this process stay its own without another change by it. */
  readonly leaseMs: number;
}

export type PlaceAnswer = Granted | { readonly kind: "waits" } | Refused;

export interface Granted {
  readonly kind: "granted";
  readonly reserved: Reserved;
  /** The one call that finds out whether an open breaker may close. */
  readonly trial: boolean;
}

/** What an attempt holds of the budget while it runs, and where the figure comes from. */
export interface Reserved {
  readonly microUsd: number;
  /** `last_50`: the 95th percentile of that call's last 50 costs. `none`: nothing is known, so nothing is reserved. */
  readonly basis: "max_budget" | "last_50" | "none";
}

export interface Refused {
  readonly kind: "refused";
  readonly code: "busy" | "over_budget" | "circuit_open";
  /** When a retry may be let through, if that is known. */
  readonly retryAfterMs?: number | undefined;
  /** Goes on after the call's name, with figures and units, and without a full stop. */
  readonly message: string;
  /** What to do now: whole sentences, instead of the advice of the code. */
  readonly advice?: string | undefined;
  readonly circuit?: Circuit | undefined;
}
