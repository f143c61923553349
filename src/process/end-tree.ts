import { setTimeout as wait } from "node:timers/promises";
import { giveWay } from "../core/give-way.ts";
import type { ProcessTree } from "./process-tree.ts";

/** How long a killed process may take to be gone before it counts as a survivor. */
const KILL_BOUND_MS = 200;

/**
 * Ends a tree: SIGTERM, then after `graceMs` SIGKILL, again and again until nothing new turns up.
 *
 * @returns how many are still alive, those included that may be part of it and cannot be read
 */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<number> {
  // Looked at first: when a parent dies of the signal its children can no longer be told by it.
  const found = await tree.look();
  if (found.length === 0 && tree.certain) return tree.unread;
  tree.signal("SIGTERM");
  // A stopped process takes SIGTERM only once it goes on (signal(7)).
  tree.signal("SIGCONT");
  if (await goneWithin(tree, graceMs)) return tree.unread;
  return (await kill(tree)) + tree.unread;
}

async function kill(tree: ProcessTree): Promise<number> {
  tree.killOnSight();
  const killUntil = performance.now() + KILL_BOUND_MS;
  for (let seen = 0; ;) {
    const left = (await tree.look()).length;
    if (left === 0 && tree.certain) return 0;
    seen = left || seen;
    tree.signal("SIGKILL");
    // Nothing was found the last time, but what was there before may have been too fast to be found.
    if (performance.now() > killUntil) return tree.lookFailed ? left : seen;
    if (await goneWithin(tree, 25)) return 0;
  }
}

async function goneWithin(tree: ProcessTree, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (let step = 2; ; step = Math.min(step * 2, 50)) {
    // Of 300 trees that end together each reads /proc here, and all of them are due in one turn.
    await giveWay();
    // What was seen is gone; only then is it worth looking for what has been started since.
    if (!tree.anyKnownAlive() && (await tree.look()).length === 0 && tree.certain) return true;
    const left = until - performance.now();
    if (left <= 0) return false;
    await wait(Math.min(step, left));
  }
}
