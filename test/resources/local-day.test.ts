import { describe, expect, test } from "vitest";
import { localDay } from "../../src/resources/local-day.ts";

const HOUR = 3_600_000;

describe("a local day", () => {
  const iso = (at: number) => new Date(at).toISOString();
  const day = (at: string, timeZone: string) => {
    const { date, from, to } = localDay(Date.parse(at), timeZone);
    return { date, from: iso(from), to: iso(to), hours: (to - from) / HOUR };
  };

  test.each([
    ["UTC", "2026-11-22T12:00:00Z", "2026-11-22", "2026-11-22T00:00:00.000Z", 24],
    ["Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29", "2026-03-28T23:00:00.000Z", 23],
    ["Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25", "2026-10-24T22:00:00.000Z", 25],
    ["America/New_York", "2026-03-08T12:00:00Z", "2026-03-08", "2026-03-08T05:00:00.000Z", 23],
    ["America/New_York", "2026-11-01T06:30:00Z", "2026-11-01", "2026-11-01T04:00:00.000Z", 25],
    ["Australia/Lord_Howe", "2026-10-04T00:00:00Z", "2026-10-04", "2026-10-03T13:30:00.000Z", 23.5],
    ["Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-05", "2026-04-04T13:00:00.000Z", 24.5],
    ["Asia/Kathmandu", "2026-11-22T18:14:59Z", "2026-11-22", "2026-11-21T18:15:00.000Z", 24],
    // Midnight is skipped: these days begin at 01:00.
    ["America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04", "2018-11-04T03:00:00.000Z", 23],
    ["Asia/Beirut", "2026-03-29T12:00:00Z", "2026-03-29", "2026-03-28T22:00:00.000Z", 23],
    // Midnight comes twice: at its first the clock goes back to 23:00.
    ["America/Sao_Paulo", "2018-02-17T12:00:00Z", "2018-02-17", "2018-02-17T02:00:00.000Z", 25],
    // Samoa skipped the whole 30th.
    ["Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-31", "2011-12-30T10:00:00.000Z", 24],
  ])("of %s at %s is %s, from %s, and has %f h", (timeZone, at, date, from, hours) => {
    expect(day(at, timeZone)).toMatchObject({ date, from, hours });
  });

  test("follows the one before, without a gap, for ten years in zones with a change of the clock", () => {
    for (const timeZone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"]) {
      let today = localDay(Date.UTC(2016, 0, 1), timeZone);
      let days = 0;
      while (today.date < "2026-01-01") {
        const next = localDay(today.to, timeZone);
        expect(next.from).toBe(today.to);
        expect(Date.parse(next.date) - Date.parse(today.date)).toBe(24 * HOUR);
        today = next;
        days += 1;
      }
      expect(days).toBeGreaterThanOrEqual(3653);
    }
  });
});
