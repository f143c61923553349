import { stripVTControlCharacters } from "node:util";

/** What differs from run to run, and what stands for it. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC))?/g, "<time>"],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, "<id>"],
  [/\bpid \d+/g, "pid <pid>"],
  [/\$\d+(\.\d+)?/g, "<cost>"],
  [/("?\b\w*(Ms|At|[pP]id|Usd)"?: ?)\d+(\.\d+)?/g, "$1<number>"],
  [/\b\d+(\.\d+)? (ms|s|min|h)\b/g, "<duration>"],
  // "1 h 30 min" in one run may be "1 h" in another.
  [/<duration>( <duration>)+/g, "<duration>"],
  // A page breaks a long line where it likes.
  [/\s+/g, " "],
];

const normalised = (text: string): string => {
  let result = stripVTControlCharacters(text);
  for (const [pattern, name] of VARYING) result = result.replaceAll(pattern, name);
  return result.trim();
};

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** In a page's text "…" stands for anything. */
export const ANYTHING = "…";

/** What a page says is printed, and what was: as one string twice where they agree, so that `toBe` shows how they differ. */
export function comparable(expected: string, actual: string): { expected: string; actual: string } {
  const [said, seen] = [normalised(expected), normalised(actual)];
  const pattern = said.split(ANYTHING).map(escaped).join("[^]*");
  return new RegExp(`^${pattern}$`).test(seen)
    ? { expected: said, actual: said }
    : { expected: said, actual: seen };
}
