/** What a call cannot do without: without `read` the process group of a killed host lives on, without the whole of `run` a child cannot be ended. */
const NEEDED = ["env", "read", "run"] as const;

/** Deno's answer for one kind of right; `partial` if some names were taken out of it. */
interface Right {
  readonly state: "granted" | "prompt" | "denied";
  readonly partial?: boolean;
}

interface WithRights {
  readonly Deno?: {
    readonly permissions?: { readonly querySync: (asked: { readonly name: string }) => Right };
  };
}

/**
 * What Deno did not allow and no call can do without, in a sentence; `undefined` where nothing is missing, and on every other runtime.
 * A list of names (`--allow-run=git`) is not the right: Deno lets only the whole of it end a child.
 */
export function missingRights(runtime: WithRights = globalThis as WithRights): string | undefined {
  const { permissions } = runtime.Deno ?? {};
  if (permissions === undefined) return undefined;
  const missing = NEEDED.filter((name) => {
    const { state, partial = false } = permissions.querySync({ name });
    return state !== "granted" || partial;
  });
  if (missing.length === 0) return undefined;
  const flags = missing.map((name) => `--allow-${name}`).join(", ");
  return `hardcall needs more rights than Deno was given: ${flags}, without a list of names; start it with deno run --allow-all.`;
}

/** Whether Deno did not allow something. */
export const isNotAllowed = (error: unknown): boolean =>
  error instanceof Error && error.name === "NotCapable";
