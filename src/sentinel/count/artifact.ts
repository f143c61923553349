import { createHash } from "node:crypto";
import { isBlank } from "../../core/blank.ts";
import { isHashOfNothing } from "../../core/hash-of-nothing.ts";
import { MOST_MS } from "./instant.ts";

/** Something that was made, as a count found it. */
export interface Artifact {
  /** What tells it from others: an id, or a hash of its content. Only its hash is kept. */
  readonly id: string;
  /**
   * When it came to be: its own time in the data if it has one, in wall-clock milliseconds. Without it, it is new from the
   * first check that sees it, and what the first check sees is old.
   */
  readonly at?: number | undefined;
}

/** Why a count has no answer. The message may be shown: it holds nothing of what was looked at. */
export class CountError extends Error {
  override readonly name = "CountError";
}

/** What was counted, once each and without what is nothing: a blank id, or the hash of no content. */
export function distinct(artifacts: readonly Artifact[]): Map<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  for (const { id, at } of artifacts) {
    if (isBlank(id) || isHashOfNothing(id)) continue;
    // In milliseconds this is the year 5138: microseconds would pass for something from the future, which is new now.
    if (at !== undefined && !(Math.abs(at) < MOST_MS))
      throw new CountError("an artifact has a time that is no number of milliseconds since 1970");
    const key = createHash("sha256").update(id).digest("hex").slice(0, 32);
    const known = found.get(key);
    // The first time of equal things counts: a copy is not news.
    found.set(key, known === undefined ? at : Math.min(known, at ?? known));
  }
  return found;
}
