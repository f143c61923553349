const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The period of the report, in wall-clock milliseconds. */
export interface Period {
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** The size of a bucket. With more lines on the page it is larger, so that the page stays small. */
  bucketMs(lines: number): number;
}

/** The last `days` days. It starts at a full hour, so that the buckets do not shift every minute. */
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
