import type { Callee } from "../../core/callee.ts";
import type { Effect, Outcome } from "../../core/vocabulary.ts";
import type { Liveness, Owner } from "../owner/owner.ts";

/** A call as the journal knows it: written when it starts, and again when it ends. All instants are Unix milliseconds. */
export interface JournalEntry {
  /** One row per id: a later write of the same call takes the place of the earlier one. */
  readonly callId: string;
  readonly name: string;
  readonly key?: string | undefined;
  readonly callee: Callee<never, never>["kind"];
  readonly resource?: string | undefined;
  /** What asked for the call, such as a job of a queue. */
  readonly requestedBy?: string | undefined;
  /** The process that runs it. */
  readonly owner: Owner;
  readonly startedAt: number;
  /** Its total timeout, in milliseconds. */
  readonly limitMs: number;
  /** How many attempts have started. */
  readonly attempt: number;
  /** US dollars so far, where the callee tells. */
  readonly costUsd?: number | undefined;
  /** It waits for a place of its resource. */
  readonly waiting?: boolean | undefined;
  /** Absent while it runs. */
  readonly outcome?: Outcome | undefined;
  readonly code?: string | undefined;
  readonly effect?: Effect | undefined;
  readonly endedAt?: number | undefined;
  readonly durationMs?: number | undefined;
  /** JSON text of its attempts, without secrets. */
  readonly attempts?: string | undefined;
  /** The end of what the last attempt wrote to stderr. */
  readonly stderrTail?: string | undefined;
  /** JSON text of what was found of what the contract asks for. */
  readonly evidence?: string | undefined;
}

/** A row that the journal gives back. */
export interface JournalRecord extends JournalEntry {
  /** Of a call without an end: whether its process still exists. With `"dead"` the call was lost. */
  readonly ownerAlive?: Liveness | undefined;
}

/** Which calls of the journal to list. */
export interface JournalListing {
  /** `"running"`: without an end, so also what was lost. */
  readonly state?: "running" | "ended" | undefined;
  readonly callId?: string | undefined;
  readonly name?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly code?: string | undefined;
  /** Only calls that started at least so many milliseconds ago. */
  readonly olderThanMs?: number | undefined;
  /** 1 to 10,000. @default 100 */
  readonly limit?: number | undefined;
  /** The last row of the page before. */
  readonly after?: JournalEntry | undefined;
}

/** What a database looks for. */
export type JournalSearch = Omit<JournalListing, "olderThanMs" | "limit"> & {
  readonly startedBefore?: number | undefined;
  readonly limit: number;
};
