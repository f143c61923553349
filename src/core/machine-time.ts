import { uptime } from "node:os";

/**
 * A moment on the two clocks of a machine that cannot be set, in milliseconds. All processes of a machine (and time namespace) read the
 * same values, so one process can name a moment to another.
 *
 * - `steady` is CLOCK_MONOTONIC. On Linux it stands still while the whole machine is suspended (clock_gettime(2)).
 * - `boot` counts that time as well, in steps of 10 ms: `/proc/uptime`, or CLOCK_BOOTTIME without it. Elsewhere it is `steady`, which
 *   counts the sleep of a Mac (`mach_continuous_time`) and of Windows.
 *
 * A hypervisor that pauses its guest may stop both. No clock inside the guest then tells.
 */
export interface MachineTime {
  readonly steady: number;
  readonly boot: number;
}

export function machineTime(): MachineTime {
  const steady = Number(process.hrtime.bigint() / 1000n) / 1000;
  return { steady, boot: process.platform === "linux" ? uptime() * 1000 : steady };
}

export const later = ({ steady, boot }: MachineTime, ms: number): MachineTime => ({
  steady: steady + ms,
  boot: boot + ms,
});

/** Milliseconds until a moment, by the clock that reaches it first; not above 0 once it has come. */
export function msUntil(moment: MachineTime): number {
  const now = machineTime();
  return Math.min(moment.steady - now.steady, moment.boot - now.boot);
}
