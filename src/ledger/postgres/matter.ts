import type { Row } from "../../database/columns.ts";
import type { Query } from "../../database/sql.ts";
import type { Instant } from "../owner/instant.ts";
import type { Guard } from "./statements.ts";

/** Something in the ledger with its version; none: it is not there. */
export interface Versioned<State> {
  readonly state: State;
  readonly version: string | undefined;
}

/** What a body may know when it decides. */
export interface Now {
  readonly now: Instant;
  readonly fenceFloor: number;
}

/** What a write is to name, beside what was decided. */
export interface WriteAs {
  readonly was: string | undefined;
  readonly version: string;
  readonly fenceFloor: number;
  readonly guard: Guard;
}

export interface Decision<State, Answer> {
  readonly answer: Answer;
  /** Nothing to write: the answer is all. */
  readonly write?: ((as: WriteAs) => Query) | undefined;
  /** What is there once it is written. */
  readonly state: State;
}

/** A question to the ledger that may change it. */
export interface Matter<State, Answer> {
  /** What is believed without a look. It is looked up where nothing is. */
  readonly guess: Versioned<State> | undefined;
  /** Whether the guess was read after the question was put, so that it is as good as a look. @default false */
  readonly isFresh?: boolean | undefined;
  readonly read: Query;
  parse(row: Row): Versioned<State>;
  /** Whether a refusal tells more than was believed although the version is the same. @default it does not */
  hasLearnt?(was: State, is: State): boolean;
  /** Whether a crash of the server may forget it, so that a database which does not wait for the disk is no reason to refuse. @default false */
  readonly mayBeLost?: boolean | undefined;
  decide(state: State, now: Now): Decision<State, Answer>;
}

export interface Decided<State, Answer> extends Versioned<State> {
  readonly answer: Answer;
  /** Whether this is what this process wrote last. */
  readonly isOwn: boolean;
  /** When the statement was sent that read or wrote this, on `performance.now()`; none: no statement was needed. */
  readonly readAt: number | undefined;
}
