import { setTimeout as wait } from "node:timers/promises";
import { isHelperCookie } from "../core/cookie.ts";
import { endTree } from "./end-tree.ts";
import type { Leader } from "./process-group.ts";
import { ProcessTree } from "./process-tree.ts";
import { signalProcess } from "./send-signal.ts";
import { readStat } from "./table/proc.ts";

/** How long the end of a killed helper may take. */
const GONE_MS = 200;

/** A spawning helper as a guardian is told of it. */
export interface GuardedHelper extends Leader {
  readonly cookie: string;
}

/** Whether what the guardian is told names a helper, and not the tree of a call. */
export const isHelper = (token: string): boolean => isHelperCookie(token);

/** Ends a helper that has not ended with its host, for instance because it is stopped, and what it was about to start. */
export async function endHelper(token: string): Promise<void> {
  const [cookie = "", pid, startTime] = token.split(",");
  const helper = { cookie, pid: Number(pid), startTime: Number(startTime) };
  const isThere = () => {
    const stat = readStat(helper.pid);
    return stat !== undefined && !stat.dead && stat.startTime === helper.startTime;
  };
  const until = performance.now() + GONE_MS;
  while (isThere() && performance.now() < until) {
    signalProcess(helper.pid, "SIGKILL");
    await wait(2);
  }
  await endForks(helper);
}

/**
 * Ends what a killed helper was about to start. Between fork and exec a process has the helper's environment, so no look finds it by the
 * cookie of its call, and it would run the command although all of the call seems to be gone. After this each has the cookie of its call.
 */
export async function endForks({ cookie, startTime }: GuardedHelper): Promise<void> {
  const forks = new ProcessTree({ pid: 0, startTime }, cookie, "other");
  forks.killOnSight();
  await endTree(forks, 0);
}
