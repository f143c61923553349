import { nearest } from "./nearest.ts";

export interface Override {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * What the environment says over a file: for `alpine-lodge.json`, `ALPINE_LODGE__MAX_DAILY_POSTS=2` and
 * `ALPINE_LODGE__PUBLISH__ENABLED=false`. Applied before anything is checked: what runs is the file with its overrides.
 *
 * @param known the paths that there are, such as `publish.enabled`
 */
export function overridesFor(
  file: string,
  known: readonly string[],
  env: NodeJS.ProcessEnv,
): { readonly overrides: readonly Override[]; readonly problems: readonly string[] } {
  const prefix = `${file
    .replace(/\.json$/, "")
    .replaceAll(/[^a-z0-9]+/gi, "_")
    .toUpperCase()}__`;
  const overrides: Override[] = [];
  const problems: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || text === undefined) continue;
    const path = variable.slice(prefix.length).toLowerCase().split("__");
    if (known.includes(path.join("."))) {
      overrides.push({ variable, path, value: valueOf(text) });
      continue;
    }
    const near = nearest(path.join("."), known);
    const hint =
      near === undefined ? "" : `; did you mean ${prefix}${near.toUpperCase().replaceAll(".", "__")}?`;
    problems.push(`the environment variable ${variable} sets nothing that there is${hint}`);
  }
  return { overrides, problems };
}

export function withOverrides(config: unknown, overrides: readonly Override[]): unknown {
  const copy = structuredClone(config);
  for (const { path, value } of overrides) {
    let at = copy as Record<string, unknown>;
    for (const key of path.slice(0, -1)) {
      // What is not a group there is found wrong later; the override is not lost on it.
      if (typeof at[key] !== "object" || at[key] === null) at[key] = {};
      at = at[key] as Record<string, unknown>;
    }
    at[path.at(-1) as string] = value;
  }
  return copy;
}

/** `2`, `true` and `["#a"]` are what they look like; everything else is text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
