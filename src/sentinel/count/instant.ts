/** Below it a number is seconds: in milliseconds it is 1973, in seconds the year 5138. */
const MOST_SECONDS = 1e11;
export const MOST_MS = MOST_SECONDS * 1000;
const MOST_MICROSECONDS = MOST_MS * 1000;

/** `20261109`, or with the time `202611091200`, `20261109120000`, `20261109T120000Z`: ISO 8601 without its marks. */
const BASIC = /^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?:T?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?Z?)?$/;

/** `2026-11-09`, `2026-11-09T08:00:00.123456+01:00`, and with a space as databases print it. */
const EXTENDED =
  /^(\d{4}-\d{2}(?:-\d{2})?)(?:([T ])(\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** `Mon, 09 Nov 2026 08:00:00 GMT`, as feeds and mails have it (RFC 5322). */
const MAIL = /^(?:[a-z]{3},? )?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[a-z]{1,5}|[+-]\d{4})$/i;

/**
 * The time of data, in wall-clock milliseconds: a number of seconds, milliseconds, microseconds or nanoseconds since 1970
 * (told apart by their size), a Date, ISO 8601, or a mail's date. With a space in place of the T and no zone it is UTC, as
 * SQLite has it. NaN for anything else: `Date.parse` makes May 2001 of "posts-5", and a month of a European day.
 */
export function toInstant(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number" || typeof value === "bigint") return fromNumber(Number(value), String(value));
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text), text);
  const basic = fromBasic(text);
  if (basic !== undefined) return basic;
  const [, date, separator, time, zone] = EXTENDED.exec(text) ?? [];
  if (date === undefined) return MAIL.test(text) ? Date.parse(text) : Number.NaN;
  if (time === undefined) return Date.parse(date);
  return Date.parse(`${date}T${time.replace(",", ".")}${offsetOf(zone, separator)}`);
}

function fromNumber(value: number, digits: string): number {
  const basic = fromBasic(digits);
  if (basic !== undefined) return basic;
  const size = Math.abs(value);
  if (size < MOST_SECONDS) return value * 1000;
  if (size < MOST_MS) return value;
  return size < MOST_MICROSECONDS ? value / 1000 : value / 1e6;
}

/** A date in digits. As a number of seconds it would be in 1970, as one of milliseconds in 2611. */
function fromBasic(text: string): number | undefined {
  const [, year, month, day, hour = "00", minute = "00", second = "00"] = BASIC.exec(text) ?? [];
  if (year === undefined) return undefined;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function offsetOf(zone: string | undefined, separator: string | undefined): string {
  // Without a zone ISO 8601 means the local time, and a database UTC.
  if (zone === undefined) return separator === " " ? "Z" : "";
  if (/^[a-z]/i.test(zone)) return "Z";
  return zone.length === 3 ? `${zone}:00` : zone;
}
