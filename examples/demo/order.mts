import { setTimeout as wait } from "node:timers/promises";

/** More at once would keep two processors so busy that the times mean nothing. Runs that hang only wait. */
const AT_ONCE = 2;
/** All runs that hang start early and wait side by side. Started at the same moment, they would delay each other. */
const HANGS_APART_MS = 800;

/** Tries all, and returns the promises in the order of what was given. */
export function tryAll<What, T>(
  all: readonly What[],
  attempt: (what: What) => Promise<T>,
  hangs: (what: What) => boolean,
): Promise<T>[] {
  const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve<unknown>(undefined));
  let next = 0;
  let hanging = 0;
  return all.map((what) => {
    if (hangs(what)) return wait(HANGS_APART_MS * hanging++).then(() => attempt(what));
    const lane = next++ % AT_ONCE;
    const tried = (lanes[lane] as Promise<unknown>).then(() => attempt(what));
    lanes[lane] = tried;
    return tried;
  });
}
