/** A time in which no artifacts are expected, in wall-clock milliseconds. */
export interface Maintenance {
  readonly from: number;
  readonly to: number;
}

export function isInMaintenance(now: number, windows: readonly Maintenance[]): boolean {
  return windows.some(({ from, to }) => from <= now && now < to);
}

/**
 * The instant `span` milliseconds after `start`, without the time in maintenance. A due time is put off by as much as the maintenance
 * takes.
 */
export function addOutsideMaintenance(start: number, span: number, windows: readonly Maintenance[]): number {
  let end = start + span;
  let counted = start;
  for (const { from, to } of windows.toSorted((one, other) => one.from - other.from)) {
    if (from >= end) break;
    // Windows may overlap; each millisecond counts once.
    const overlap = to - Math.max(from, counted);
    if (overlap <= 0) continue;
    end += overlap;
    counted = to;
  }
  return end;
}
