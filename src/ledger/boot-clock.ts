import { readlinkSync } from "node:fs";
import type { Instant } from "./instant.ts";
import { currentOwner } from "./owner.ts";

/** The time namespace of a machine's first process: `PROC_TIME_INIT_INO` of the kernel's include/linux/proc_ns.h. */
const FIRST_TIME_SPACE = "time:[4026531834]";

let known: string | undefined;

/**
 * Now, with CLOCK_MONOTONIC, which counts from the boot, is the same in every container of the machine and cannot be
 * set (clock_gettime(2)). A container's wall clock, or one that is set, therefore moves no lease.
 */
function bootClock(): Instant {
  return {
    at: Date.now(),
    boot: clockName(),
    ticks: Math.floor(Number(process.hrtime.bigint() / 1000n) / 1000),
  };
}

/** The clocks of a store. One that it was given decides alone. */
export function clockOf({ clock }: { readonly clock?: (() => number) | undefined }): () => Instant {
  return clock === undefined ? bootClock : () => ({ at: clock(), boot: "", ticks: 0 });
}

/** Names the clock that leases count on; `""` when the boot cannot be told, and the wall clock decides. */
export function clockName(): string {
  known ??= nameOfClock();
  return known;
}

/** A time namespace shifts the monotonic clock (time_namespaces(7)), so its readings are compared only with its own. */
function nameOfClock(): string {
  const { bootId } = currentOwner();
  if (bootId === "") return "";
  try {
    const space = readlinkSync("/proc/self/ns/time");
    return space === FIRST_TIME_SPACE ? bootId : `${bootId} ${space}`;
  } catch {
    return bootId; // Kernels before 5.6, and other systems: there are no time namespaces.
  }
}
