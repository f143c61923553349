import { formatDuration } from "../core/duration.ts";
import type { DocumentClock } from "./document-clock.ts";
import { localDay } from "./local-day.ts";
import { type Steps, timeOfAmount } from "./steps.ts";
import type { Window } from "./types.ts";

/** The newest local day that a resource has seen in a time zone, and when it began in the document's time. */
export interface SeenDay {
  readonly timeZone: string;
  readonly date: string;
  readonly from: number;
}

/** A document has seldom more than one time zone: processes would have to disagree. */
const MOST_ZONES = 4;
/** After so long a local midnight has passed, even if the wall clock says otherwise: the longest day with a change of the clock has 25 h. */
const LONGEST_DAY_MS = 26 * 3_600_000;

export const DAY_MS = 86_400_000;

export const windowMs = (window: Window): number => (window.kind === "day" ? DAY_MS : window.ms);

/** The window for people: `1 h`, or `day (Europe/Berlin)`. */
export const formatWindow = (window: Window): string =>
  window.kind === "day" ? `day (${window.timeZone})` : formatDuration(window.ms);

/**
 * The days after a look at the wall clock. A clock that was set back does not begin an earlier day, and the day that it reaches for the
 * second time is the one that it had: neither frees money.
 */
export function seeDay(
  days: readonly SeenDay[],
  window: Window | undefined,
  clock: DocumentClock,
): readonly SeenDay[] {
  if (window?.kind !== "day") return days;
  const { timeZone } = window;
  const known = days.find((day) => day.timeZone === timeZone);
  const today = localDay(clock.at, timeZone);
  const isSame = known !== undefined && today.date <= known.date && clock.t - known.from < LONGEST_DAY_MS;
  if (isSame) return days;
  const from = clock.t - (clock.at - today.from);
  const others = days.filter((day) => day !== known);
  return [...others, { timeZone, date: today.date, from }].slice(-MOST_ZONES);
}

/** What was added after this time of the document counts in the window now. */
export function startOfWindow(window: Window, days: readonly SeenDay[], { t }: DocumentClock): number {
  if (window.kind === "sliding") return t - window.ms;
  return (days.find(({ timeZone }) => timeZone === window.timeZone)?.from ?? 0) - 1;
}

/** Milliseconds until so much of what a window holds has left it; `undefined` when it does not hold as much. */
export function leavesInMs(
  window: Window,
  steps: Steps,
  amount: number,
  days: readonly SeenDay[],
  clock: DocumentClock,
): number | undefined {
  const time = timeOfAmount(steps, startOfWindow(window, days, clock), amount);
  if (time === undefined) return undefined;
  if (window.kind === "sliding") return Math.max(1, Math.ceil(time + window.ms - clock.t));
  return localDay(clock.at, window.timeZone).to - clock.at;
}

/** The longest of some windows, in milliseconds: what is older is in none of them. */
export const longestMs = (windows: readonly Window[]): number =>
  Math.max(0, ...windows.map((window) => (window.kind === "day" ? LONGEST_DAY_MS : window.ms)));
