import { ChildTree, type KillableChild } from "./child-tree.ts";
import { gatherEarlyChildren } from "./early-children.ts";
import { Job } from "./job.ts";
import { JobTree } from "./job-tree.ts";

/** The job of one attempt, or without one the process alone. */
export interface HeldByJob {
  /** Called in the turn of the event loop in which the process started. */
  started(leader: { readonly pid: number }, child: KillableChild): JobTree | ChildTree;
  ending(): void;
  /** @param mayLiveOn whether what is left may outlive the call and this process */
  ended(mayLiveOn: boolean): void;
}

/**
 * Makes a Job Object before the process starts, and takes the process into it at once. If this process dies, even of TerminateProcess,
 * the kernel ends all that is in the job. Without a Job Object, hardcall ends the process alone, and the tree says why.
 */
export function guardByJob(cookie: string): HeldByJob {
  const job = Job.create(nameOf(cookie));
  let end: ((mayLiveOn: boolean) => void) | undefined;
  return {
    started({ pid }, child) {
      if (!(job instanceof Job)) return new ChildTree(pid, child, job.problem);
      const problem = job.assign(pid);
      if (problem !== undefined) return new ChildTree(pid, child, problem);
      const tree = new JobTree(job, child, gatherEarlyChildren(job, pid));
      end = (mayLiveOn) => tree.end(mayLiveOn);
      return tree;
    },
    ending: () => undefined,
    ended(mayLiveOn) {
      if (end !== undefined) end(mayLiveOn);
      else if (job instanceof Job) job.close();
    },
  };
}

/**
 * What an attempt whose host has died left running. The kernel has ended it with the host, but for one case: a worker thread that was
 * terminated leaves its handles to its process.
 */
export function openJob(cookie: string): JobTree | undefined {
  const job = Job.open(nameOf(cookie));
  return job === undefined ? undefined : new JobTree(job);
}

/** Why this process cannot hold a call's processes in a Job Object; `undefined` when it can. Tried. */
export function jobProblem(): string | undefined {
  const job = Job.create(nameOf(`tried-${process.pid}`));
  if (!(job instanceof Job)) return job.problem;
  job.close();
  return undefined;
}

/** In the namespace of the session, "Kernel object namespaces" in the Windows documentation. The cookie has no backslash. */
const nameOf = (cookie: string): string => `Local\\hardcall-${cookie}`;
