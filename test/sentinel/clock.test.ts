import { expect, it } from "vitest";
import { readJump, type ClockRecord } from "../../src/sentinel/clock.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const BOOT = 1_794_211_200_000;

/** Reads the clock at those times since boot, each with how far the wall clock is off then; what each reading came to. */
function read(...readings: readonly (readonly [uptime: number, offBy: number])[]): number[] {
  let known: ClockRecord | undefined;
  return readings.map(([uptime, offBy]) => {
    const { jump, record } = readJump(known, BOOT + uptime + offBy, uptime);
    known = record;
    return jump;
  });
}

it("a clock that is set an hour forward and back again is off for that time", () => {
  expect(read([0, 0], [HOUR, HOUR], [2 * HOUR, HOUR], [3 * HOUR, 0])).toEqual([0, HOUR, HOUR, 0]);
});

it("a clock that is set back is off until it has been steady for a day", () => {
  const set = -HOUR;
  expect(read([0, 0], [HOUR, set], [24 * HOUR, set], [25 * HOUR, set], [26 * HOUR, set])).toEqual([
    0,
    set,
    set,
    0,
    0,
  ]);
});

it("a clock that drifts a little at each reading is not off", () => {
  const drift = Array.from({ length: 100 }, (_, hour) => [hour * HOUR, hour * 0.5 * MINUTE] as const);
  expect(new Set(read(...drift))).toEqual(new Set([0]));
});
