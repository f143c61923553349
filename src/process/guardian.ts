/**
 * The program that outlives a killed host. It reads on stdin what is running (`slot token`) and what no longer is
 * (`slot`); the end of stdin means that the host is gone, however it went: then it ends all that is left. See guard.ts.
 *
 * Under a lease that another host may take over, a line has a time as well (`slot token steady boot grace`): when it comes, the tree is
 * ended although the host is there, as it may be suspended.
 */
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { endTree } from "./end-tree.ts";
import { endHelper, isHelper } from "./end-helper.ts";
import { Overdue } from "./overdue.ts";
import { treeOf } from "./tree-of-token.ts";

/** Time to clean up for children whose host was killed. */
const GRACE_MS = 500;
/** How often, and for how long, it tries to end what is still there: a thousand trees on a machine that does far too much take their time. */
const AGAIN_MS = 500;
const PERSISTS_MS = 10_000;

// systemd and others signal every process of a service, and the guardian must outlive the host.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);

const live = new Map<string, string>();
const overdue = new Overdue();
for await (const line of createInterface({ input: process.stdin })) {
  const [slot = "", token, steady, boot, grace] = line.split(" ");
  if (token) live.set(slot, token);
  else live.delete(slot);
  if (token && steady !== undefined) {
    overdue.watch(slot, token, { steady: Number(steady), boot: Number(boot) }, Number(grace));
  } else {
    overdue.forget(slot);
  }
}
overdue.stop();
const [helpers = [], trees = []] = [true, false].map((are) =>
  [...live.values()].filter((token) => isHelper(token) === are),
);
// First, so that nothing more starts.
await Promise.all(helpers.map(endHelper));
await Promise.all(trees.map(endForGood));

async function endForGood(token: string): Promise<void> {
  const tree = treeOf(token);
  const until = performance.now() + PERSISTS_MS;
  while ((await endTree(tree, GRACE_MS)) > tree.unread && performance.now() < until) await wait(AGAIN_MS);
}
