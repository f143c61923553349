/** The members of an object, or the items of a list, that the scanner is in. */
interface Level {
  readonly path: readonly string[];
  /** Of a list there are none. */
  readonly names: Set<string> | undefined;
  /** The name, or the index, of the member whose value comes. */
  at: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The places in a JSON text where an object has a name twice. `JSON.parse` keeps the later and says nothing, so after a careless merge
 * half of what a file says would be gone.
 *
 * @param text valid JSON
 */
export function repeatedNames(text: string): string[] {
  const repeated: string[] = [];
  const levels: Level[] = [];
  let word = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === "{" || token === "[") {
      const path = level === undefined ? [] : [...level.path, level.at];
      levels.push({ path, names: token === "{" ? new Set() : undefined, at: "0" });
    } else if (token === "}" || token === "]") {
      levels.pop();
    } else if (token === "," && level !== undefined && level.names === undefined) {
      level.at = String(Number(level.at) + 1);
    } else if (token === ":" && level?.names !== undefined) {
      level.at = JSON.parse(word) as string;
      if (level.names.has(level.at)) repeated.push([...level.path, level.at].join("."));
      level.names.add(level.at);
    } else if (token.startsWith('"')) {
      word = token;
    }
  }
  return [...new Set(repeated)];
}
