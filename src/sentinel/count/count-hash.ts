import { createHash } from "node:crypto";
import path from "node:path";

/** How something is reached, and how files are chosen, which all have a time: none of it says what the artifacts are. */
const HOW: ReadonlySet<string> = new Set(["headers", "cwd", "minBytes", "dateInName"]);

/**
 * Of what is counted; another hash needs another baseline. A token that is renewed, a folder that each release has anew or
 * the order of the options changes nothing of it. A function's source is no description of what it counts, so all
 * functions are one.
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
