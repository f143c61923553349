import type { Liveness, Owner } from "../owner/owner.ts";
import type { JournalEntry } from "./entry.ts";

/** How many rows without an end one look of a clean-up brings. */
export const LOST_PAGE = 500;

/**
 * Whether a call without an end can be forgotten: its process is gone, or may be on another host, and its time was over before the
 * retention began.
 *
 * @param before the instant before which a row is old
 */
export function isLost(
  { owner, startedAt, limitMs }: JournalEntry,
  before: number,
  liveness: (owner: Owner) => Liveness,
): boolean {
  return startedAt <= before && (startedAt + limitMs <= before || liveness(owner) === "dead");
}
