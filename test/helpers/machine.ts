import { readFileSync } from "node:fs";

const BEAT_MS = 10;
/** Under Wine, which runs the tests of Windows on Linux, the root of Linux is drive Z. */
const PRESSURE = `${process.platform === "win32" ? "Z:" : ""}/proc/pressure/cpu`;
let lateMs = 0;
let beatAt = performance.now();
setInterval(() => {
  const now = performance.now();
  lateMs += Math.max(0, now - beatAt - 2 * BEAT_MS);
  beatAt = now;
}, BEAT_MS).unref();

/**
 * Starts to count, in milliseconds, the time in which some process waited for a processor, or in which the machine stood
 * still. A bound on how long something takes grows by that much: on an idle machine by nothing.
 */
export function countWaits(): () => number {
  const [queued, late] = [queuedMs(), lateMs];
  return () => Math.max(queuedMs() - queued, lateMs - late);
}

/** Linux counts it for all processes together (`some`, in microseconds; kernel documentation, "PSI - Pressure Stall Information"). */
function queuedMs(): number {
  try {
    const [, total] = /^some .* total=(\d+)$/m.exec(readFileSync(PRESSURE, "utf8")) ?? [];
    return Number(total ?? 0) / 1000;
  } catch {
    // Another system, or a kernel without it.
    return 0;
  }
}
