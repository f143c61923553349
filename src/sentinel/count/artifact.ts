import { createHash } from "node:crypto";
import { isBlank } from "../../core/blank.ts";
import { isHashOfNothing } from "../../core/hash-of-nothing.ts";
import { MOST_MS } from "./instant.ts";

/** An artifact that a count found. */
export interface Artifact {
  /** An id, or a hash of the content; distinguishes it from other artifacts. The ledger keeps only a hash of it. */
  readonly id: string;
  /**
   * When it was made, by the time in the data itself, in wall-clock milliseconds. Without a time, an artifact is new at the check that
   * first sees it, except at the first check: that takes everything for old.
   */
  readonly at?: number | undefined;
}

/** Why a count failed. The message is shown in alerts, so put no data of the artifacts into it. */
export class CountError extends Error {
  override readonly name = "CountError";
}

/** Each distinct artifact once. A blank id, or the hash of empty content, does not count. */
export function distinct(artifacts: readonly Artifact[]): Map<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  for (const { id, at } of artifacts) {
    if (isBlank(id) || isHashOfNothing(id)) continue;
    // In milliseconds this is the year 5138. Microseconds, taken for milliseconds, would be in the future and so always new.
    if (at !== undefined && !(Math.abs(at) < MOST_MS))
      throw new CountError("an artifact has a time that is not a number of milliseconds since 1970");
    const key = createHash("sha256").update(id).digest("hex").slice(0, 32);
    const known = found.get(key);
    // Of equal artifacts the earliest time counts: a copy is not new.
    found.set(key, known === undefined ? at : Math.min(known, at ?? known));
  }
  return found;
}
