/** CodexTokens of a run, by the names that codex gives them. */
export type CodexTokens = Readonly<Record<string, number>>;

/** The counts of an event's `usage`. A field of an unexpected type is left out. */
export function tokensOf(usage: unknown): CodexTokens | undefined {
  if (typeof usage !== "object" || usage === null) return undefined;
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => typeof count === "number"));
}

/** The names in codex's log, and those in its events. */
const LOGGED: ReadonlyMap<string, string> = new Map([
  ["input_token_count", "input_tokens"],
  ["cached_token_count", "cached_input_tokens"],
  ["cache_write_token_count", "cache_write_input_tokens"],
  ["output_token_count", "output_tokens"],
  ["reasoning_token_count", "reasoning_output_tokens"],
]);

/** The tokens that a line of codex's log tells of one answer of the model, added to those before. */
export function addLogged(before: CodexTokens | undefined, line: string): CodexTokens | undefined {
  const sum: Record<string, number> = { ...before };
  for (const [, name = "", count] of line.matchAll(/ (\w+_token_count)=(\d+)/g)) {
    const known = LOGGED.get(name);
    if (known !== undefined) sum[known] = (sum[known] ?? 0) + Number(count);
  }
  return Object.keys(sum).length === 0 ? undefined : sum;
}
