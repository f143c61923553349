import type { Instant } from "./instant.ts";
import { currentOwner } from "./owner.ts";
import { timeSpace } from "./time-space.ts";

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

/** Readings of a time namespace are compared only with its own. */
function nameOfClock(): string {
  const { bootId } = currentOwner();
  if (bootId === "") return "";
  const space = timeSpace();
  return space === "" ? bootId : `${bootId} ${space}`;
}
