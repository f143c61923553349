/** A stretch in which nothing is expected, in wall-clock milliseconds. It always has an end. */
export interface Maintenance {
  readonly from: number;
  readonly to: number;
}

export function isInMaintenance(now: number, windows: readonly Maintenance[]): boolean {
  return windows.some(({ from, to }) => from <= now && now < to);
}

/**
 * The instant `span` milliseconds after `start`, not counting time in maintenance: what was due during a planned pause is due
 * as much later as the pause was long.
 */
export function addOutsideMaintenance(start: number, span: number, windows: readonly Maintenance[]): number {
  let end = start + span;
  let counted = start;
  for (const { from, to } of windows.toSorted((one, other) => one.from - other.from)) {
    if (from >= end) break;
    // Windows may overlap; what one has added, another must not add again.
    const overlap = to - Math.max(from, counted);
    if (overlap <= 0) continue;
    end += overlap;
    counted = to;
  }
  return end;
}
