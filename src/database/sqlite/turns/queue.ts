/** Milliseconds of a clock that all processes of one boot share. */
export type MachineMs = number;

/** How long a process may write before it lets the next one go. */
export const TURN_MS = 2.5;
/** How long the ledger stays free for a process at the head that does not come: it is dead, stopped or busy. */
const GRACE_MS = 2;

/** How long the turn of a process takes that has little to write. */
const SHORT_TURN_MS = 2;
/** A timer may come so much late, so the thread sleeps for the rest. */
const TIMER_LATE_MS = 1;
const NAP_MS = 0.25;

/** A process that waits to write. `id` is random and never 0. */
export interface WaitingProcess {
  readonly id: number;
  readonly since: MachineMs;
}

/** What the file of turns says: who writes until when, and who waits. `holder` 0: it is free, since `until`. */
export interface TurnView {
  readonly holder: number;
  readonly until: MachineMs;
  readonly waiters: readonly WaitingProcess[];
}

/** A try now, or in how many milliseconds to look again. `near`: the wait may be over at any moment, so a timer is too coarse. */
export type NextStep =
  | { readonly kind: "try"; readonly passed: readonly WaitingProcess[] }
  | { readonly kind: "wait"; readonly ms: number; readonly near: boolean };

/**
 * Whether a process may try for the lock, in order of arrival. All of it is advice: SQLite's lock alone decides who writes. So what is
 * out of date, or of another boot's clock, counts for nothing, and a waiter that does not come is passed over.
 *
 * @param heldAt when it last knew that the lock was held
 */
export function nextStep(
  { holder, until, waiters }: TurnView,
  me: WaitingProcess,
  now: MachineMs,
  heldAt: MachineMs = -Infinity,
): NextStep {
  const passed = waiters.filter((other) => other.id !== me.id && isAhead(other, me));
  const ahead = passed.length;
  // A turn of longer than a turn is one of another clock.
  const isHeld = holder !== 0 && holder !== me.id && now < until && until <= now + TURN_MS;
  if (isHeld) return ahead === 0 ? head(until - now) : behind(ahead, until - now);
  const freeSince = Math.max(until <= now ? until : -Infinity, heldAt);
  const leftMs = ahead === 0 ? 0 : freeSince + ahead * GRACE_MS - now;
  return leftMs <= 0 ? { kind: "try", passed } : behind(ahead, leftMs);
}

/** The one at the head is there when the turn ends, by a short sleep of its thread. */
const head = (leftMs: number): NextStep =>
  leftMs > 2 * TIMER_LATE_MS
    ? { kind: "wait", ms: leftMs - TIMER_LATE_MS, near: false }
    : { kind: "wait", ms: Math.max(leftMs, NAP_MS), near: true };

/** The further behind, the more seldom it looks: many that wait must not take the processor from the one that writes. */
const behind = (ahead: number, leftMs: number): NextStep => ({
  kind: "wait",
  ms: Math.max(leftMs, 0.5) + (ahead - 1) * SHORT_TURN_MS,
  near: false,
});

const isAhead = (one: WaitingProcess, other: WaitingProcess) =>
  one.since < other.since || (one.since === other.since && one.id < other.id);
