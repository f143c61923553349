import { ProcessTree } from "./process-tree.ts";

/** The tree that a token names, as guard.ts writes it: `cookie[,pid[,start time]]`. */
export function treeOf(token: string): ProcessTree {
  const [cookie = "", pid, startTime] = token.split(",");
  const leader = {
    pid: Number(pid ?? 0),
    startTime: startTime === undefined ? undefined : Number(startTime),
  };
  // A host that was stopped for long before it died knew a group that may be a stranger's by now. Without /proc the number is
  // all there is.
  return new ProcessTree(leader, cookie, leader.startTime === undefined ? "us" : "other");
}
