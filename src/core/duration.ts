import { show } from "./options.ts";

/** Milliseconds, or a string with units: `"90s"`, `"10m"`, `"1h30m"`, `"250ms"`, `"2d"`. */
export type Duration = number | string;

/** Node's timers hold a delay in a signed 32-bit integer; a longer one fires after 1 ms (Node.js timers documentation). */
export const MAX_DURATION_MS = 2 ** 31 - 1;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const TERM = /(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d)/gy;

/** The duration in milliseconds, or the problem with it as the end of a sentence that starts with its name. */
export function parseDuration(value: unknown): { readonly ms: number } | { readonly problem: string } {
  const ms = typeof value === "string" ? stringToMs(value.trim()) : value;
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    return { problem: `is ${show(value)}; give milliseconds, or a string such as "90s", "10m" or "1h30m"` };
  }
  if (ms <= 0) return { problem: `is ${show(value)}; a duration must be greater than 0` };
  if (ms > MAX_DURATION_MS) {
    return { problem: `is ${show(value)}; the longest duration is ${MAX_DURATION_MS} ms (about 24 days)` };
  }
  return { ms };
}

function stringToMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  let total = 0;
  TERM.lastIndex = 0;
  do {
    const term = TERM.exec(text);
    if (term === null) return Number.NaN;
    total += Number(term[1]) * UNIT_MS[term[2] as string]!;
  } while (TERM.lastIndex < text.length);
  return total;
}

/** A duration as a person says it: `850 ms`, `1.5 s`, `20 min`, `1 h 30 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${round1(ms / 1000)} s`;
  if (ms < 3_599_500) return joinUnits(ms, 60_000, "min", 1000, "s");
  return joinUnits(ms, 3_600_000, "h", 60_000, "min");
}

function joinUnits(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const inSmall = Math.round(ms / small);
  const rest = inSmall % (big / small);
  const whole = `${Math.floor((inSmall * small) / big)} ${bigName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}

const round1 = (n: number) => Math.round(n * 10) / 10;
