import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Whether a process runs. A zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** Running processes whose environment held the text when they started. */
export const processesWith = (text: string): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && isAlive(pid) && environOf(pid).includes(text));

function environOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return ""; // Gone since it was listed.
  }
}

/** Waits until a condition holds, up to a bound. @returns whether it came */
export async function until(ms: number, isSo: () => boolean): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await wait(20)) if (isSo()) return true;
  return isSo();
}
