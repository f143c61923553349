const MS = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

const WEEK_MS = 7 * 86_400_000;

/**
 * When an error of codex says that the next attempt may come, in milliseconds from now. A time in the past or more than a week ahead is
 * ignored.
 *
 * @param message the server's "Please try again in 1m2.5s.", or codex's "try again at 8:57 AM" and "at Nov 24th, 2026 4:28 PM" in local
 * time, without seconds
 */
export function codexRetryAfterMs(message: string, now: number): number | undefined {
  const ms = spanOf(message) ?? timeOf(message, now);
  return ms !== undefined && ms > 0 && ms <= WEEK_MS ? Math.ceil(ms) : undefined;
}

function spanOf(message: string): number | undefined {
  const span = /\b[Tt]ry again in ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)\b/.exec(message)?.[1];
  if (span === undefined) return undefined;
  const parts = [...span.matchAll(/([\d.]+)(ms|[smhd])/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (MS.get(unit) ?? 0), 0);
}

function timeOf(message: string, now: number): number | undefined {
  const at = /\b[Tt]ry again at (?:([A-Z][a-z]{2}) (\d{1,2})[a-z]{2}, (\d{4}) )?(\d{1,2}:\d\d [AP]M)/.exec(
    message,
  );
  if (at === null) return undefined;
  const [, month, day, year, time] = at;
  const today = new Date(now).toDateString();
  const date = month === undefined ? today : `${month} ${day}, ${year}`;
  // The minute that it names may have begun before the limit ends.
  return Date.parse(`${date} ${time}`) + 60_000 - now;
}
