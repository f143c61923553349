import { readlinkSync } from "node:fs";

/** The time namespace of a machine's first process: `PROC_TIME_INIT_INO` of the kernel's include/linux/proc_ns.h. */
const FIRST_TIME_SPACE = "time:[4026531834]";

/**
 * The time namespace of this process, `""` for the machine's first. Another one shifts the monotonic clock and the start times in
 * `/proc` (time_namespaces(7)), so both are compared only with its own.
 */
export function timeSpace(): string {
  try {
    const space = readlinkSync("/proc/self/ns/time");
    return space === FIRST_TIME_SPACE ? "" : space;
  } catch {
    return ""; // Kernels before 5.6, and other systems: there are no time namespaces.
  }
}
