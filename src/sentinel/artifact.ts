import { createHash } from "node:crypto";
import { isBlank } from "../call/blank.ts";
import { isHashOfNothing } from "../ledger/nothing.ts";

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
    if (at !== undefined && !Number.isFinite(at))
      throw new CountError("an artifact has a time that is no number");
    const key = createHash("sha256").update(id).digest("hex").slice(0, 32);
    const known = found.get(key);
    // The first time of equal things counts: a copy is not news.
    found.set(key, known === undefined ? at : Math.min(known, at ?? known));
  }
  return found;
}

/** Seconds, milliseconds, a Date, ISO 8601, or SQLite's `YYYY-MM-DD HH:MM:SS`, which is UTC. */
export function toInstant(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "bigint") return toInstant(Number(value));
  // In milliseconds this is 1973, in seconds the year 5138.
  if (typeof value === "number") return Math.abs(value) < 1e11 ? value * 1000 : value;
  if (typeof value !== "string" || value.trim() === "") return Number.NaN;
  if (/^-?\d+(\.\d+)?$/.test(value)) return toInstant(Number(value));
  const utc = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/.exec(value);
  return Date.parse(utc === null ? value : `${utc[1]}T${utc[2]}Z`);
}
