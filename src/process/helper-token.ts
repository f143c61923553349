import { signalProcess } from "./send-signal.ts";
import { readStat } from "./table/proc.ts";
import { setTimeout as wait } from "node:timers/promises";

/** In the place of a cookie, in what the guardian is told: a helper, which has none. */
export const HELPER_TOKEN = "spawn-helper";

/** How long the end of a killed helper may take. */
const GONE_MS = 200;

export const isHelper = (token: string): boolean => token.startsWith(`${HELPER_TOKEN},`);

/** Ends a helper that has not ended with its host, for instance because it is stopped. */
export async function endHelper(token: string): Promise<void> {
  const [, pid, startTime] = token.split(",").map(Number);
  const isThere = () => {
    const stat = readStat(pid ?? 0);
    return stat !== undefined && !stat.dead && stat.startTime === startTime;
  };
  const until = performance.now() + GONE_MS;
  while (isThere() && performance.now() < until) {
    signalProcess(pid ?? 0, "SIGKILL");
    await wait(2);
  }
}
