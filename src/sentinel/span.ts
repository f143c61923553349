import { parseDuration } from "../core/duration.ts";

const DAY_MS = 86_400_000;
const MOST_DAYS = 3660;

/**
 * Parses a duration that no timer has to hold, so it may be longer than a timeout: up to 3660 whole days, such as `"90d"`.
 */
export function parseSpan(value: unknown): { readonly ms: number } | { readonly problem: string } {
  const days = typeof value === "string" ? /^\s*(\d{1,5})\s*d\s*$/.exec(value)?.[1] : undefined;
  if (days === undefined || Number(days) === 0) return parseDuration(value);
  if (Number(days) <= MOST_DAYS) return { ms: Number(days) * DAY_MS };
  return { problem: `is ${JSON.stringify(value)}; the longest is ${MOST_DAYS}d` };
}

/** As `parseSpan`, but 0 is allowed. */
export function parseSpanOrNone(value: unknown): { readonly ms: number } | { readonly problem: string } {
  return value === 0 || value === "0" ? { ms: 0 } : parseSpan(value);
}

/** Milliseconds for people: seconds, minutes, hours, and days from 48 h on. */
export function formatSpan(ms: number): string {
  if (ms < 3_600_000) return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
  const hours = Math.round(ms / 3_600_000);
  if (hours < 48) return `${hours} h`;
  const rest = hours % 24;
  return rest === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${rest} h`;
}
