type Env = Readonly<Record<string, string | undefined>>;

/** The value of a variable. Windows reads `Path`, `PATH` and `path` as one name. */
export function envValue(env: Env, name: string): string | undefined {
  const upper = name.toUpperCase();
  let value: string | undefined;
  for (const [key, given] of Object.entries(env)) if (key.toUpperCase() === upper) value = given;
  return value;
}

/**
 * The environment with each name once: the last spelling wins, as it would for one spelling. Node would pass on the one that sorts
 * first, so that `{ ...process.env, path: "…" }` would keep the old `Path`, and `CLAUDECODE: undefined` would not remove `ClaudeCode`.
 */
export function oneSpelling(env: Env): Record<string, string | undefined> {
  const spelled = new Map<string, readonly [name: string, value: string | undefined]>();
  for (const [name, value] of Object.entries(env)) spelled.set(name.toUpperCase(), [name, value]);
  return Object.fromEntries(spelled.values());
}
