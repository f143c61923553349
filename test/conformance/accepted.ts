import type { Difference } from "./compare.ts";
import { matches } from "./matches.ts";

/** A difference the fake has on purpose. */
export interface Accepted {
  /** Which conditions, `*` standing for anything. */
  readonly condition: string;
  /** Which difference, by its path, `*` standing for anything. */
  readonly path: string;
  /** The first version of the genuine CLI that differs. Without it, every version does. */
  readonly since?: string;
  readonly reason: string;
}

/** More than this, and the list would be where drift goes to be forgotten. */
const AT_MOST = 5;

/** The list, once it is short and each of its entries gives a reason. */
export function checkAccepted(accepted: readonly Accepted[]): readonly Accepted[] {
  if (accepted.length > AT_MOST) {
    throw new Error(`accepted.json lists ${accepted.length} differences; at most ${AT_MOST} are allowed.`);
  }
  const unexplained = accepted.find(({ reason }) => reason.trim() === "");
  if (unexplained) throw new Error(`accepted.json gives no reason for ${JSON.stringify(unexplained)}.`);
  return accepted;
}

/** The entry that covers this difference from that version of the genuine CLI, if one does. */
export function findAccepted(
  list: readonly Accepted[],
  version: string,
  condition: string,
  difference: Pick<Difference, "path">,
) {
  return list.find(
    ({ since = version, ...entry }) =>
      isAtLeast(version, since) &&
      matches(entry.condition, condition) &&
      matches(entry.path, difference.path),
  );
}

export const isAtLeast = (version: string, since: string) =>
  version.localeCompare(since, "en", { numeric: true }) >= 0;
