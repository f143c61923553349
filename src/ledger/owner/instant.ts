/** A moment on the clocks of a ledger. */
export interface Instant {
  /** Wall clock, Unix milliseconds: for people, for retention, and across boots. */
  readonly at: number;
  /** Names the clock that `ticks` is read from; `""` when there is none, and the wall clock decides. */
  readonly boot: string;
  /** Milliseconds on a clock that all processes and containers of one boot share and that cannot be set. */
  readonly ticks: number;
}

/** Milliseconds from one moment to another; `undefined` when they are of two boots and no clock has seen both. */
export function elapsedMs(since: Instant, now: Instant): number | undefined {
  if (since.boot !== now.boot) return undefined;
  return now.boot === "" ? now.at - since.at : now.ticks - since.ticks;
}

/** What is left of a lease. Across boots the wall clock is all there is. */
export function leaseLeftMs(
  row: { readonly leaseFrom: Instant; readonly leaseMs: number; readonly leaseUntil: number },
  now: Instant,
): number {
  const elapsed = elapsedMs(row.leaseFrom, now);
  return elapsed === undefined ? row.leaseUntil - now.at : row.leaseMs - elapsed;
}

/** A lease that starts now. */
export function leaseFrom(now: Instant, leaseMs: number) {
  return { leaseFrom: now, leaseMs, leaseUntil: now.at + leaseMs };
}
