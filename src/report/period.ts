const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the report is about, in wall-clock milliseconds. */
export interface Period {
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** The longer the list, the coarser each line: the page as a whole stays light. */
  bucketMs(lines: number): number;
}

/** The last so many days up to now. Whole hours at the start, so that the picture does not shift with each minute. */
export function lastDays(days: number, now: number): Period {
  const from = Math.floor((now - days * DAY_MS) / HOUR_MS) * HOUR_MS;
  return {
    now,
    from,
    to: now,
    bucketMs: (lines) => {
      const buckets = Math.min(96, Math.max(24, Math.floor(1500 / Math.max(1, lines))));
      return Math.ceil((now - from) / buckets);
    },
  };
}
