import { readFileSync } from "node:fs";

/**
 * The memory of this process at its highest, in megabytes. On Linux `maxRSS` would begin at the memory of the process that started it
 * (getrusage(2)), so it is read from proc(5) there.
 */
export function peakMegabytes(): number {
  let kibibytes: number;
  try {
    kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    kibibytes = process.resourceUsage().maxRSS;
  }
  return (kibibytes * 1024) / 1e6;
}
