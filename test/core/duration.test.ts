import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, MAX_DURATION_MS, parseDuration } from "../../src/core/duration.ts";

test.each([
  [1500, 1500],
  ["90s", 90_000],
  ["10m", 600_000],
  ["10min", 600_000],
  ["1h30m", 5_400_000],
  ["1h30m5s250ms", 5_405_250],
  ["2d", 172_800_000],
  ["0.5s", 500],
  ["250", 250],
  [" 90 s ", 90_000],
  [MAX_DURATION_MS, MAX_DURATION_MS],
])("%j is %j ms", (value, ms) => {
  expect(parseDuration(value)).toEqual({ ms });
});

const NOT_ONE = 'give milliseconds, or a string such as "90s", "10m" or "1h30m"';
test.each([
  [Number.NaN, `is NaN; ${NOT_ONE}`],
  ["", `is ""; ${NOT_ONE}`],
  ["soon", `is "soon"; ${NOT_ONE}`],
  ["10x", `is "10x"; ${NOT_ONE}`],
  ["10m later", `is "10m later"; ${NOT_ONE}`],
  ["-5s", `is "-5s"; ${NOT_ONE}`],
  ["1e3", `is "1e3"; ${NOT_ONE}`],
  [null, `is null; ${NOT_ONE}`],
  [true, `is true; ${NOT_ONE}`],
  [0, "is 0; a duration must be greater than 0"],
  ["0s", 'is "0s"; a duration must be greater than 0'],
  [-1, "is -1; a duration must be greater than 0"],
  [Number.NEGATIVE_INFINITY, "is -Infinity; a duration must be greater than 0"],
  [Number.POSITIVE_INFINITY, "is Infinity; the longest duration is 2147483647 ms (about 24 days)"],
  [MAX_DURATION_MS + 1, "is 2147483648; the longest duration is 2147483647 ms (about 24 days)"],
  ["25d", 'is "25d"; the longest duration is 2147483647 ms (about 24 days)'],
])("%j is refused", (value, problem) => {
  expect(parseDuration(value)).toEqual({ problem });
});

test("every accepted duration is a delay that a timer can hold", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.integer(), fc.anything()), (value) => {
      const parsed = parseDuration(value);
      if ("ms" in parsed) expect(parsed.ms > 0 && parsed.ms <= MAX_DURATION_MS).toBe(true);
      else expect(parsed.problem).toMatch(/^is /);
    }),
  );
});

test.each([
  [0, "0 ms"],
  [850, "850 ms"],
  [1000, "1 s"],
  [1500, "1.5 s"],
  [90_000, "1 min 30 s"],
  [1_200_000, "20 min"],
  [3_600_000, "1 h"],
  [5_400_000, "1 h 30 min"],
  [90_000_000, "25 h"],
])("%i ms is said as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
