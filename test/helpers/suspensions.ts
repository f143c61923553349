/** Times are milliseconds since 1970, on a clock that a run leaves alone. */
export interface Suspension {
  readonly at: number;
  until: number;
}

/** Suspends processes. @returns what wakes them: of suspensions that overlap, the one that lasts longest */
export function suspend<S extends Suspension>(
  suspensions: S[],
  of: Omit<S, keyof Suspension>,
  signal: (name: "SIGSTOP" | "SIGCONT") => void,
): () => void {
  const suspension = { ...of, at: Date.now(), until: Infinity } as S;
  suspensions.push(suspension);
  signal("SIGSTOP");
  return () => {
    suspension.until = Date.now();
    if (suspensions.every(({ until }) => until <= suspension.until)) signal("SIGCONT");
  };
}

/** For how much of a time they slept. */
export function suspendedMs(suspensions: readonly Suspension[], from: number, to: number): number {
  const each = suspensions.map(({ at, until }) => Math.max(0, Math.min(until, to) - Math.max(at, from)));
  return each.reduce((sum, ms) => sum + ms, 0);
}
