import { nearest } from "./nearest.mts";

export interface Override {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads the overrides of a file from the environment. For `alpine-lodge.json` they are `ALPINE_LODGE__MAX_DAILY_POSTS=2` or
 * `ALPINE_LODGE__PUBLISH__ENABLED=false`. They apply before the check, because the jobs run with them.
 *
 * @param known the paths of all settings, such as `publish.enabled`
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
    problems.push(`the environment variable ${variable} matches no setting${hint}`);
  }
  return { overrides, problems };
}

export function withOverrides(config: unknown, overrides: readonly Override[]): unknown {
  const copy = structuredClone(config);
  for (const { path, value } of overrides) {
    let at = copy as Record<string, unknown>;
    for (const key of path.slice(0, -1)) {
      // The file has no group here. The schema reports that later, with the override in place.
      if (typeof at[key] !== "object" || at[key] === null) at[key] = {};
      at = at[key] as Record<string, unknown>;
    }
    at[path.at(-1) as string] = value;
  }
  return copy;
}

/** `2`, `true` and `["#a"]` are JSON; all other values are text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
