import { setTimeout as wait } from "node:timers/promises";
import type { ProcessTree } from "./process-tree.ts";

/** How long a killed process may take to be gone before it counts as a survivor. */
export const KILL_BOUND_MS = 200;

/**
 * Ends a tree: SIGTERM, then after `graceMs` SIGKILL, again and again until nothing new turns up.
 *
 * @returns how many are still alive
 */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<number> {
  if (tree.alive().length === 0) return 0;
  tree.signal("SIGTERM");
  // A stopped process takes SIGTERM only once it goes on (signal(7)).
  tree.signal("SIGCONT");
  if (await goneWithin(tree, graceMs)) return 0;
  const killUntil = performance.now() + KILL_BOUND_MS;
  for (;;) {
    const left = tree.alive().length;
    if (left === 0) return 0;
    tree.signal("SIGKILL");
    if (performance.now() > killUntil) return left;
    await goneWithin(tree, 25);
  }
}

async function goneWithin(tree: ProcessTree, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (let step = 2; ; step = Math.min(step * 2, 50)) {
    // What was seen is gone; only then is it worth looking for what has been started since.
    if (!tree.anyKnownAlive() && tree.alive().length === 0) return true;
    const left = until - performance.now();
    if (left <= 0) return false;
    await wait(Math.min(step, left));
  }
}
