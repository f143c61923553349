import { isWindows } from "../core/is-windows.ts";
import type { WorkLease } from "../core/work-lease.ts";
import { endTree } from "./end-tree.ts";
import { type Guarded, guard, guardUnderLease } from "./guard.ts";
import type { Leader } from "./process-group.ts";
import { ProcessTree } from "./process-tree.ts";

/** Loaded with the first command, and on Windows alone. */
const loadJobs = () => import("./windows/job-guard.ts");

/** What holds the processes of a call: a process group and a guardian, a Job Object, or nothing but the first process. */
export type Holder =
  | { readonly kind: "group" }
  | { readonly kind: "job" }
  | { readonly kind: "child"; readonly problem: string };

/** What holds the processes of a call on this machine. Tried, for those who ask what this machine can guarantee. */
export async function findHolder(): Promise<Holder> {
  if (!isWindows) return { kind: "group" };
  const problem = (await loadJobs()).jobProblem();
  return problem === undefined ? { kind: "job" } : { kind: "child", problem };
}

/**
 * Made before a process starts: the kernel (Windows) or a guardian ends the process and its descendants if this process dies.
 *
 * On Windows there is no guardian. A host that is suspended ends nothing before its lease is over.
 *
 * @param killGraceMs the time between SIGTERM and SIGKILL
 */
export async function holdTree(spec: {
  readonly cookie: string;
  readonly lease?: WorkLease | undefined;
  readonly killGraceMs: number;
}): Promise<Guarded> {
  const { cookie, lease, killGraceMs } = spec;
  if (isWindows) return (await loadJobs()).guardByJob(cookie);
  return lease === undefined ? guard(cookie) : guardUnderLease(cookie, lease, killGraceMs);
}

/** Ends what an attempt left running whose host, or whose worker thread, has died. What cannot be ended is left. */
export async function endTreeOfDead(leader: Leader, cookie: string, graceMs: number): Promise<void> {
  if (!isWindows) {
    await endTree(new ProcessTree(leader, cookie, "other"), graceMs);
    return;
  }
  const tree = (await loadJobs()).openJob(cookie);
  if (tree === undefined) return;
  await endTree(tree, graceMs);
  tree.end(false);
}
