import { findAccepted, isAtLeast, type Accepted } from "./accepted.ts";
import type { Agent } from "./agents/agent.ts";
import { compare, deepDifferences, label, type Difference } from "./compare.ts";
import { matches } from "./matches.ts";
import type { Seen } from "./observe.ts";

/** What a newer version does in another way than an older one. */
export interface Change extends Pick<Difference, "aspect" | "path"> {
  /** undefined when the older one does not have it. */
  readonly from: unknown;
  readonly to: unknown;
}

/** Events that the newer version adds or leaves out are a change each; those of both are compared one by one. */
export function changesBetween(older: Seen, newer: Seen): readonly Change[] {
  const differences = compare(older, newer).filter(({ path }) => path !== "sequence");
  const changes = differences.map(toChange);
  const sequences = [older.stdout, newer.stdout];
  if (!sequences.every((stdout) => stdout.kind === "events")) return changes;
  const [before = [], after = []] = sequences.map((stdout) => stdout.events);
  return before.map(label).join(" ") === after.map(label).join(" ")
    ? changes
    : [...changes, ...changesOfEvents(before, after)];
}

const toChange = ({ aspect, path, genuine, fake }: Difference): Change => ({
  aspect,
  path,
  from: genuine,
  to: fake,
});

function changesOfEvents(before: readonly unknown[], after: readonly unknown[]): Change[] {
  const changes: Change[] = [];
  const [old, now] = [[...before], [...after]];
  for (const [n, m] of inCommon(before.map(label), after.map(label))) {
    const name = label(before[n]);
    changes.push(...deepDifferences(name, before[n], after[m]).map(toChange));
    old[n] = now[m] = undefined;
  }
  for (const event of old) if (event) changes.push(eventChange(event, "printed", undefined));
  for (const event of now) if (event) changes.push(eventChange(event, undefined, "printed"));
  return changes;
}

const eventChange = (event: unknown, from: unknown, to: unknown): Change => ({
  aspect: "events",
  path: label(event),
  from,
  to,
});

/** Positions of the longest sequence that both lists have in this order. */
export function inCommon(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  // lengths[n][m]: how many the rests from n and from m have in common.
  const lengths = Array.from({ length: a.length + 1 }, () => b.map(() => 0));
  const at = (n: number, m: number) => lengths[n]?.[m] ?? 0;
  for (let n = a.length - 1; n >= 0; n -= 1) {
    for (let m = b.length - 1; m >= 0; m -= 1) {
      lengths[n]![m] = a[n] === b[m] ? at(n + 1, m + 1) + 1 : Math.max(at(n + 1, m), at(n, m + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let n = 0, m = 0; n < a.length && m < b.length;) {
    if (a[n] === b[m]) pairs.push([n++, m++]);
    else if (at(n + 1, m) >= at(n, m + 1)) n += 1;
    else m += 1;
  }
  return pairs;
}

/** Whether a caller that goes by the exit code, the streams and the fields that hardcall reads sees it. */
export function isSeen({ read }: Pick<Agent, "read">, { aspect, path }: Change): boolean {
  if (aspect === "exit" || aspect === "stream" || path === "form") return true;
  if (aspect === "text") return false;
  // An event counts when a field of it is read.
  return read.some(
    (pattern) => matches(pattern, path) || (aspect === "events" && pattern.startsWith(`${path}.`)),
  );
}

/** The event that a path begins with. The names of codex's events have a dot in them. */
export const eventOf = (path: string): string => /^(?:(?:thread|turn|item)\.)?[^.]*/.exec(path)?.[0] ?? "";

/** The changes of a condition that no accepted difference names with the version that brought it (`since`). */
export function newsIn(
  { name, steps }: { readonly name: string; readonly steps: readonly (readonly Change[])[] },
  accepted: readonly Accepted[],
  versions: readonly string[],
): readonly Change[] {
  return steps.flatMap((changes, n) => {
    const [older = "", newer = ""] = versions.slice(n);
    const since = accepted.filter((entry) => entry.since !== undefined && !isAtLeast(older, entry.since));
    return changes.filter((change) => !findAccepted(since, newer, name, change));
  });
}
