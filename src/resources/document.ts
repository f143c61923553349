import type { Owner } from "../ledger/owner/owner.ts";
import { type BreakerState, CLOSED } from "./breaker.ts";
import type { CostHistory } from "./costs.ts";
import { type DocumentClock, NEW_CLOCK } from "./document-clock.ts";
import type { SeenLimits } from "./in-force.ts";
import type { Steps } from "./steps.ts";
import type { Reserved } from "./types.ts";
import type { SeenDay } from "./windows.ts";

/** All that is known of a resource. It is never changed in place: `decode` hands the same one to every change that begins with its text. */
export interface ResourceRecord {
  readonly clock: DocumentClock;
  readonly limits: readonly SeenLimits[];
  /** By id: the processes that hold places or wait. */
  readonly owners: ReadonlyMap<string, SeenOwner>;
  readonly places: readonly TakenPlace[];
  /** The newest places whose owner was lost: what such an attempt cost may still be told. */
  readonly lost: readonly TakenPlace[];
  readonly lines: readonly OwnerLine[];
  readonly starts: Steps;
  /** Micro USD, the unknown costs included. */
  readonly spent: Steps;
  /** Reservations that stand for costs that no one told: micro USD, and how many. */
  readonly unknown: Steps;
  readonly unknownCalls: Steps;
  readonly costs: CostHistory;
  readonly days: readonly SeenDay[];
  readonly breaker: BreakerState;
}

/** A document that a change is working on. */
export type Draft = { -readonly [Field in keyof ResourceRecord]: ResourceRecord[Field] };

export interface SeenOwner {
  readonly owner: Owner;
  /** When it made its last change, in the document's time. */
  readonly seen: number;
}

export interface TakenPlace extends Reserved {
  /** The id of its owner. */
  readonly owner: string;
  readonly ticket: string;
  readonly callId: string;
  readonly name: string;
  readonly attempt: number;
  readonly since: number;
  /** Since when this process has the place, handing it from call to call. */
  readonly chain: number;
  readonly trial: boolean;
  /** Its start counts in the rate. */
  readonly counted: boolean;
  /** Given to a process that does not know it yet. */
  readonly assigned: boolean;
}

/** What waits in a process. */
export interface OwnerLine {
  readonly owner: string;
  readonly count: number;
  /** Those that may be next over all processes, in order of arrival. */
  readonly heads: readonly WaitingHead[];
}

export interface WaitingHead {
  readonly ticket: string;
  readonly callId: string;
  readonly name: string;
  readonly attempt: number;
  /** In the document's time. */
  readonly arrived: number;
  readonly reserve: number | undefined;
}

export const NEW_DOCUMENT: ResourceRecord = {
  clock: NEW_CLOCK,
  limits: [],
  owners: new Map(),
  places: [],
  lost: [],
  lines: [],
  starts: [],
  spent: [],
  unknown: [],
  unknownCalls: [],
  costs: [],
  days: [],
  breaker: CLOSED,
};
