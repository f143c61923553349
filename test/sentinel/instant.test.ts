import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { toInstant } from "../../src/sentinel/count/instant.ts";
import { HOUR, START, World } from "./world.ts";

describe("a time", () => {
  it.each([
    ["seconds", START / 1000],
    ["milliseconds", START],
    ["microseconds", START * 1000],
    ["nanoseconds", BigInt(START) * 1_000_000n],
    ["nanoseconds as text", `${START}000000`],
    ["a Date", new Date(START)],
    ["ISO 8601", "2026-11-09T08:00:00Z"],
    ["an offset", "2026-11-09T09:00:00.000+01:00"],
    ["an offset without a colon", "2026-11-09T09:00:00+0100"],
    ["Postgres", "2026-11-09 08:00:00.000000+00"],
    ["SQLite", "2026-11-09 08:00:00"],
    ["a zone", "2026-11-09 08:00:00 UTC"],
    ["a feed", "Mon, 09 Nov 2026 08:00:00 GMT"],
    ["digits", "20261109080000"],
    ["digits in a number", 20261109080000],
    ["digits with a T", "20261109T080000Z"],
  ])("in %s is what it says", (_, value) => {
    expect(toInstant(value)).toBe(START);
  });

  it("of a day, however it is written, is that day", () => {
    for (const value of ["2026-11-09", "20261109", 20261109])
      expect(new Date(toInstant(value)).toISOString()).toBe("2026-11-09T00:00:00.000Z");
  });

  it.each(["", "posts-5", "09.11.2026", "11/09/2026", "yesterday", null, {}, Number.NaN])(
    "that is none (%j) is not guessed at",
    (value) => {
      expect(toInstant(value)).toBeNaN();
    },
  );

  it("from 1990 to 2100 is the same in every unit", () => {
    assert(
      property(
        integer({ min: 631_152_000, max: 4_102_444_800 }),
        constantFrom(0, 3, 6, 9),
        (seconds, more) => {
          expect(toInstant(seconds * 10 ** more)).toBe(seconds * 1000);
        },
      ),
    );
  });
});

it("rows with a time in micro- or nanoseconds are as old as they are, not new", async () => {
  using world = new World();
  for (const factor of [1000n, 1_000_000n]) {
    const rows = [{ id: `p${factor}`, at: BigInt(START - 90 * HOUR) * factor }];
    const count = { rows: { client: { query: async () => rows }, query: "SELECT 1" } };
    expect(await world.check({ name: `posts-${factor}`, count })).toMatchObject({
      found: 0,
      lastAt: START - 90 * HOUR,
    });
  }
});

it("an artifact of the caller's own with a time in microseconds is unknown, not new", async () => {
  using world = new World();
  world.artifacts = [{ id: "p1", at: START * 1000 }];
  expect(await world.check()).toMatchObject({
    verdict: "unknown",
    reason: "an artifact has a time that is not a number of milliseconds since 1970",
  });
});
