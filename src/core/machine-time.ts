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
  const steady = steadyMs();
  return { steady, boot: process.platform === "linux" ? uptime() * 1000 : steady };
}

/** How old a reading of `/proc/uptime` may be for the time of a sending. To read it takes longer than a fast call's own work. */
const READING_LASTS_MS = 1000;
let reading: MachineTime | undefined;

/**
 * Now, for a time limit that is counted from here. If the machine was suspended in the last second, the limit is over earlier by as much,
 * never later.
 */
export function timeOfSending(): MachineTime {
  const steady = steadyMs();
  if (reading === undefined || steady - reading.steady > READING_LASTS_MS) reading = machineTime();
  return later(reading, steady - reading.steady);
}

const steadyMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

export const later = ({ steady, boot }: MachineTime, ms: number): MachineTime => ({
  steady: steady + ms,
  boot: boot + ms,
});

/** Milliseconds until a moment, by the clock that reaches it first; not above 0 once it has come. */
export function msUntil(moment: MachineTime, now: MachineTime = machineTime()): number {
  return Math.min(moment.steady - now.steady, moment.boot - now.boot);
}

/** The same by the clock that is cheap to read, and that a timer follows. */
export const awakeMsUntil = ({ steady }: Pick<MachineTime, "steady">): number => steady - steadyMs();
