import { parseDuration } from "../core/duration.ts";
import { show } from "../core/options.ts";
import { isTimeZone } from "./local-day.ts";
import type { Window } from "./types.ts";

/** Takes a problem: a sentence without full stop that begins with the option's name. */
export type OnProblem = (problem: string) => void;

/** More is a slip of the unit. */
const MOST_USD = 1_000_000_000;
const MICRO = 1_000_000;

export const microUsd = (dollars: number): number => Math.round(dollars * MICRO);

export function wholeNumber(
  name: string,
  value: unknown,
  most: number,
  check: OnProblem,
): number | undefined {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  check(`${name} ${isGiven(value)}; give a whole number from 1 to ${most}`);
  return undefined;
}

/** @param kind what to give instead, for a message */
export function usd(
  name: string,
  value: unknown,
  check: OnProblem,
  kind = "a number of USD above 0",
): number | undefined {
  const fits = typeof value === "number" && microUsd(value) >= 1 && value <= MOST_USD;
  if (fits) return value;
  const why = typeof value === "number" && value > 0 ? `, from ${1 / MICRO} to ${MOST_USD}` : "";
  check(`${name} ${isGiven(value)}; give ${kind}${why}`);
  return undefined;
}

export function durationMs(name: string, value: unknown, check: OnProblem): number | undefined {
  const parsed = parseDuration(value);
  if ("ms" in parsed) return parsed.ms;
  check(`${name} ${parsed.problem}`);
  return undefined;
}

/** @param of `rate` or `budget` */
export function windowOf(of: string, per: unknown, timeZone: unknown, check: OnProblem): Window | undefined {
  if (per === undefined) {
    check(`${of}.per is missing; give a duration such as "1h", or "day"`);
    return undefined;
  }
  if (per === "day") return dayOf(of, timeZone, check);
  if (timeZone !== undefined) check(`${of}.timeZone is allowed only with ${of}.per "day"`);
  const parsed = parseDuration(per);
  if ("ms" in parsed) return { kind: "sliding", ms: parsed.ms };
  check(`${of}.per ${parsed.problem}, or "day"`);
  return undefined;
}

function dayOf(of: string, timeZone: unknown, check: OnProblem): Window | undefined {
  if (timeZone === undefined) return { kind: "day", timeZone: "UTC" };
  if (typeof timeZone === "string" && isTimeZone(timeZone)) return { kind: "day", timeZone };
  check(`${of}.timeZone is ${show(timeZone)}; give an IANA time zone, such as "Europe/Berlin"`);
  return undefined;
}

const isGiven = (value: unknown) => (value === undefined ? "is missing" : `is ${show(value)}`);
