import type { Outcome } from "../core/vocabulary.ts";
import type { JournalRecord } from "../ledger/journal/entry.ts";

/**
 * Where a call of the journal is. `waiting`: for a place of its resource. `lost`: its process ended, or its time was over, before the journal
 * had its end.
 */
export type JournalState = "running" | "waiting" | "lost" | "succeeded" | Exclude<Outcome, "executed">;

/** A call ends with its timeout and what it takes to stop its callee; beyond that the process no longer tells of it. */
const STOPPING_MS = 60_000;

/** @param now the wall clock of the ledger, in milliseconds */
export function stateOf(
  {
    outcome,
    ownerAlive,
    startedAt,
    limitMs,
    waiting,
  }: Pick<JournalRecord, "outcome" | "ownerAlive" | "startedAt" | "limitMs" | "waiting">,
  now: number,
): JournalState {
  if (outcome !== undefined) return outcome === "executed" ? "succeeded" : outcome;
  if (ownerAlive === "dead") return "lost";
  // Nothing tells whether a process of another host lives.
  if (ownerAlive !== "alive" && now > startedAt + limitMs + STOPPING_MS) return "lost";
  return waiting === true ? "waiting" : "running";
}
