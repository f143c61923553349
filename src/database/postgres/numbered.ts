const known = new Map<string, string>();

/** Texts, quoted names and comments, in which a question mark is none of ours. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g;

/** Writes the `?` of a statement as `$1`, `$2` … */
export function numbered(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  let n = 0;
  const after = text.replaceAll(TOKEN, (token) => (token === "?" ? `$${(n += 1)}` : token));
  // Texts are made of a few patterns, but one of them lists as many parameters as it has rows.
  if (known.size < 500) known.set(text, after);
  return after;
}
