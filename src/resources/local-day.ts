/** A day of a time zone. Not each has 24 hours, nor begins at 00:00: a zone may skip midnight. */
export interface LocalDay {
  /** Such as `2026-11-22`: later days compare greater. */
  readonly date: string;
  /** Its first moment and that of the next day, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** No day is longer: one of 48 hours is known (Kwajalein, 1969). */
const LONGEST_DAY_MS = 50 * 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, LocalDay>();

/** Whether Node knows the time zone, such as `Europe/Berlin`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false; // A RangeError: that is how Intl says that it does not know the zone.
  }
}

/** The local day that a moment is in. */
export function localDay(at: number, timeZone: string): LocalDay {
  const known = days.get(timeZone);
  if (known !== undefined && known.from <= at && at < known.to) return known;
  const date = dateOf(at, timeZone);
  const day = {
    date,
    from: firstBetween(at - LONGEST_DAY_MS, at, (moment) => dateOf(moment, timeZone) >= date),
    to: firstBetween(at, at + LONGEST_DAY_MS, (moment) => dateOf(moment, timeZone) > date),
  };
  days.set(timeZone, day);
  return day;
}

/** The first moment for which `isLate` holds, which is false at `low` and true at `high`. */
function firstBetween(low: number, high: number, isLate: (moment: number) => boolean): number {
  let [before, after] = [Math.floor(low), Math.ceil(high)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (isLate(middle)) after = middle;
    else before = middle;
  }
  return after;
}

function dateOf(at: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    (parts.find((one) => one.type === type)?.value ?? "").padStart(2, "0");
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  formats.set(timeZone, format);
  return format;
}
