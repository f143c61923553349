import { createHash } from "node:crypto";
import path from "node:path";

/** Options for access and for the choice of files. They do not say what the artifacts are, so they are not in the hash. */
const HOW: ReadonlySet<string> = new Set(["headers", "cwd", "minBytes", "dateInName"]);

/**
 * A hash of what a sentinel counts. When it changes, the sentinel takes a new baseline. A renewed token, a folder that changes with each
 * release, or the order of the options does not change it. All functions have the same hash, because a function's source does not say what
 * it counts.
 */
export function countHash(count: unknown): string {
  const what = typeof count === "function" ? "function" : JSON.stringify(count, describe);
  return createHash("sha256").update(what).digest("hex").slice(0, 16);
}

function describe(key: string, value: unknown): unknown {
  if (HOW.has(key)) return undefined;
  if (key === "client") return "client";
  if (typeof value === "string") {
    if (key === "database") return path.basename(value);
    if (key === "query") return value.replaceAll(/\s+/g, " ").trim();
    return value;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
