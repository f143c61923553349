/**
 * The program that outlives a killed host. It reads on stdin what is running (`slot token`) and what no longer is
 * (`slot`); the end of stdin means that the host is gone, however it went: then it ends all that is left. See guard.ts.
 */
import { createInterface } from "node:readline";
import { endTree } from "./end-tree.ts";
import { ProcessTree } from "./process-tree.ts";

/** Time to clean up for children whose host was killed. */
const GRACE_MS = 500;

const live = new Map<string, string>();
for await (const line of createInterface({ input: process.stdin })) {
  const [slot, token] = line.split(" ");
  if (token) live.set(slot as string, token);
  else live.delete(slot as string);
}
await Promise.all(
  [...live.values()].map((token) => {
    const [cookie, pid, startTime] = token.split(",");
    const leader = {
      pid: Number(pid ?? 0),
      startTime: startTime === undefined ? undefined : Number(startTime),
    };
    // A host that was stopped for long before it died knew a group that may be a stranger's by now. Without /proc the number is
    // all there is.
    const isTrusted = leader.startTime === undefined;
    return endTree(new ProcessTree(leader, cookie as string, isTrusted), GRACE_MS);
  }),
);
