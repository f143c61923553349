import { setTimeout as wait } from "node:timers/promises";
import { giveWayToStop } from "../core/give-way.ts";
import type { LookOptions, Tree } from "./tree.ts";

/** How long a killed process may take to be gone before it counts as a survivor. */
const KILL_BOUND_MS = 200;

/** By how much looks that cost a process may delay the first signal, and then SIGKILL. */
const FIRST_LOOK_MS = 400;
const LAST_LOOK_MS = 150;
/** By how much looks may delay the end in all: within what the call waits for it, with the time for the last output. */
const LOOKS_MS = 700;

/**
 * Ends a tree: SIGTERM, then SIGKILL after `graceMs`, repeated until no new member appears.
 *
 * @returns how many are still alive, with those that may be members but cannot be read
 */
export async function endTree(tree: Tree, graceMs: number): Promise<number> {
  const endBy = performance.now() + graceMs + LOOKS_MS;
  // The look comes first: once a parent has died of the signal, its children no longer point to it.
  const found = await lookIn(tree, { withinMs: FIRST_LOOK_MS });
  if (found.length === 0 && tree.certain) return tree.unread;
  tree.signal("SIGTERM");
  // A stopped process takes SIGTERM only once it goes on (signal(7)).
  tree.signal("SIGCONT");
  if (await goneWithin(tree, graceMs)) return tree.unread;
  return (await kill(tree, endBy)) + tree.unread;
}

async function kill(tree: Tree, endBy: number): Promise<number> {
  tree.killOnSight();
  let killUntil: number | undefined;
  for (let seen = 0; ;) {
    const withinMs = killUntil === undefined ? LAST_LOOK_MS : endBy - performance.now();
    const left = (await lookIn(tree, { withinMs })).length;
    if (left === 0 && tree.certain) return 0;
    seen = left || seen;
    tree.signal("SIGKILL");
    // From the first signal on: a look takes long where it costs a process.
    killUntil ??= performance.now() + KILL_BOUND_MS;
    // The last look found nothing, but members seen before may have been too fast for it.
    if (performance.now() > killUntil) return tree.lookFailed ? left : seen;
    if (await goneWithin(tree, 25, endBy)) return 0;
  }
}

async function goneWithin(tree: Tree, ms: number, lookUntil?: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (let step = 2; ; step = Math.min(step * 2, 50)) {
    const left = until - performance.now();
    if (left <= 0) return false;
    await wait(Math.min(step, left));
    // Of 300 trees that end together each reads /proc here, and all of them are due in one turn.
    await giveWayToStop();
    // All known members are gone; only now a look for newer ones is worth its cost.
    if (!tree.anyKnownAlive()) {
      const found = await lookIn(tree, { withinMs: (lookUntil ?? until) - performance.now() });
      if (found.length === 0 && tree.certain) return true;
    }
  }
}

/** One look serves 1000 trees that end together. What follows it takes long for all of them: signals, or the results of their calls. */
async function lookIn(tree: Tree, options: LookOptions): Promise<readonly number[]> {
  const found = await tree.look(options);
  await giveWayToStop();
  return found;
}
