import { formatDuration } from "../../core/duration.ts";

const DAY_MS = 86_400_000;

/** How long, as a person says it. Under a minute in whole seconds, because the figure ticks. */
export function howLong(ms: number): string {
  if (ms < 60_000) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (ms < 2 * DAY_MS) return formatDuration(Math.floor(ms / 1000) * 1000);
  const hours = Math.floor(ms / 3_600_000);
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A duration that has ended, with its milliseconds where they matter. */
export const duration = (ms: number): string => (ms < 2 * DAY_MS ? formatDuration(ms) : howLong(ms));

/** US dollars. A fraction of a cent is not nothing. */
export function usd(amount: number): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

export const count = (n: number): string => n.toLocaleString("en-US");

/** `1 attempt`, `2 attempts`. */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** The reader's own time of day, with the date where it is not the day of `now`. */
export function clock(at: number, now: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en-GB");
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

const two = (n: number) => String(n).padStart(2, "0");

/** Control characters, and the marks that turn the direction of the text behind them round. */
const INVISIBLE = /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/** Foreign text as one line that only shows: two keys that differ must look different, and none may disguise itself. */
export const visible = (text: string): string =>
  text.replaceAll(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** As `visible`, for text of several lines. */
export const visibleLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(visible).join("\t"))
    .join("\n");
