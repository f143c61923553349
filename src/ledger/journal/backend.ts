import type { Liveness, Owner } from "../owner/owner.ts";
import type { JournalEntry, JournalSearch } from "./entry.ts";

/** What a database has to be able to do to hold a journal. */
export interface JournalBackend {
  /** In one transaction that need not survive a power cut. No call id comes twice. */
  write(entries: readonly JournalEntry[], withinMs: number): Promise<void>;
  /** The same at once, without waiting for another process for more than a moment. Absent where nothing can be written without waiting. */
  writeNow?(entries: readonly JournalEntry[]): void;
  list(search: JournalSearch): Promise<readonly JournalEntry[]>;
  /**
   * Deletes what is older than `before`.
   *
   * @returns how many rows were deleted
   */
  prune(before: number, withinMs: number, liveness: (owner: Owner) => Liveness): Promise<number>;
}
