import { describe, expect, test } from "vitest";
import { advance, NEW_CLOCK } from "../../src/resources/document-clock.ts";
import { localDay } from "../../src/resources/local-day.ts";
import {
  addStep,
  MOST_STEPS,
  packSteps,
  stepsAfter,
  type Steps,
  sumAfter,
  takeStep,
  unpackSteps,
} from "../../src/resources/steps.ts";
import type { ResourceLimits } from "../../src/resources/types.ts";
import { Random } from "../helpers/random.ts";
import { kinds, minutes, sliding, START, SUCCESS, World } from "./harness.ts";

const HOUR = 3_600_000;

/** As many starts as are let through now. Each ends at once. */
function starts(world: World): number {
  for (let count = 0; ; count++) {
    const { ticket, answer } = world.enter(1);
    if (answer?.kind !== "granted") return count;
    world.leave(1, ticket);
  }
}

describe("a sliding rate", () => {
  const rate = { starts: 3, window: sliding(HOUR) };

  test("lets so many start in any window, and says when the next may", () => {
    const world = new World({ rate });
    for (const at of [0, 10, 30]) {
      world.ms = minutes(at);
      expect(world.enter(1).answer).toMatchObject({ kind: "granted" });
    }
    const { answer, changed } = world.enter(1);
    expect(answer).toEqual({
      kind: "refused",
      code: "busy",
      retryAfterMs: minutes(30),
      message: 'was not started: the resource "anthropic" has had 3 starts, and its rate is 3 per 1 h',
    });
    expect(changed.shut).toEqual(answer);
    world.ms = HOUR - 1;
    expect(world.enter(1).answer).toMatchObject({ retryAfterMs: 1 });
    world.ms = HOUR;
    expect(starts(world)).toBe(1);
    world.ms += minutes(10);
    expect(starts(world)).toBe(1);
  });

  test("refuses those who wait once it is used up, whatever they wait for", () => {
    const world = new World({ concurrency: 2, rate });
    const heads = [world.waiting(), world.waiting(), world.waiting(), world.waiting()];
    expect(kinds(world.ask(1, heads))).toEqual(["granted", "granted", "waits", "waits"]);
    const next = world.ask(1, heads.slice(2), [{ ticket: heads[0]?.ticket ?? "", ...SUCCESS }]);
    expect(kinds(next)).toEqual(["granted", "busy"]);
  });

  test("a shorter window than the budget's ends on time", () => {
    const budget = { microUsd: 1_000_000, window: sliding(HOUR) };
    const world = new World({ rate: { starts: 1, window: sliding(minutes(1)) }, budget });
    expect(starts(world)).toBe(1);
    world.ms = minutes(1);
    expect(starts(world)).toBe(1);
  });

  test("what did not start does not count", () => {
    const world = new World({ rate });
    for (let time = 0; time < 5; time++) {
      world.ms += 1000;
      world.leave(1, world.enter(1).ticket, { started: false });
    }
    expect(starts(world)).toBe(3);
  });

  test("a start that has left the window takes no later one with it when it is given back", () => {
    const world = new World({ rate });
    const old = world.enter(1);
    world.ms = HOUR;
    expect(starts(world)).toBe(3);
    world.leave(1, old.ticket, { started: false });
    expect(starts(world)).toBe(0);
  });

  test("a start that was assigned counts from when its process knows of it", () => {
    const world = new World({ concurrency: 1, rate: { starts: 2, window: sliding(minutes(1)) } });
    const [first, other] = [world.waiting(), world.waiting()];
    world.ask(1, [first]);
    world.ask(2, [other]);
    world.ms += 900;
    world.ask(2, [other]);
    world.ms += 900;
    world.leave(1, first.ticket);
    world.ms += 1000;
    world.ask(2, [other]);
    world.leave(2, other.ticket);
    world.ms = minutes(1);
    expect(starts(world)).toBe(1);
    world.ms = minutes(1) + 1800;
    expect(starts(world)).toBe(0);
    world.ms += 1000;
    expect(starts(world)).toBe(1);
  });

  test("a wall clock that is set back or forth changes nothing", () => {
    const world = new World({ rate });
    expect(starts(world)).toBe(3);
    for (const off of [5 * HOUR, -100 * HOUR, 48 * HOUR, 0]) {
      world.wallOffMs = off;
      world.ms += minutes(10);
      expect(world.enter(1).answer).toMatchObject({ retryAfterMs: HOUR - world.ms });
    }
    world.ms = HOUR;
    expect(starts(world)).toBe(3);
  });

  test("a reboot goes on by the wall clock, and never back", () => {
    const world = new World({ rate });
    expect(starts(world)).toBe(3);
    world.ms = minutes(20);
    world.boot = "second";
    expect(world.enter(1).answer).toMatchObject({ retryAfterMs: minutes(40) });
    world.ask(1, []);
    world.boot = "third";
    world.wallOffMs = -10 * HOUR;
    expect(world.enter(1).answer).toMatchObject({ code: "busy" });
  });
});

describe("where no boot can be told, the wall clock decides", () => {
  const noBoot = (limits: ResourceLimits) => {
    const world = new World(limits);
    world.boot = "";
    return world;
  };
  const rate = { starts: 1, window: sliding(HOUR) };

  test("one that is set back is waited for, so that setting it to and fro frees nothing", () => {
    const world = noBoot({ rate });
    expect(starts(world)).toBe(1);
    for (let time = 0; time < 10; time++) {
      world.wallOffMs = time % 2 === 0 ? -30 * 60_000 : 0;
      world.ms += 1000;
      expect(world.enter(1).answer).toMatchObject({ code: "busy" });
    }
    world.wallOffMs = 0;
    world.ms = HOUR;
    expect(starts(world)).toBe(1);
  });

  test("one that was years ahead does not close the resource for years", () => {
    const world = noBoot({ rate });
    world.wallOffMs = 10 * 365 * 24 * HOUR;
    expect(starts(world)).toBe(1);
    world.wallOffMs = 0;
    world.ask(1, [world.waiting()]);
    world.ms = HOUR;
    expect(starts(world)).toBe(1);
  });
});

describe("a day", () => {
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

describe("a rate of a day", () => {
  const rate = { starts: 2, window: { kind: "day", timeZone: "Europe/Berlin" } } as const;
  /** A world at a moment of the wall clock. */
  const at = (text: string) => {
    const world = new World({ rate });
    world.ms = Date.parse(text) - START;
    return { world, go: (later: string) => (world.ms = Date.parse(later) - START) };
  };

  test.each([
    ["an ordinary day", "2026-11-22T22:59:59Z", "2026-11-22T23:00:00Z"],
    ["the short day of the spring", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"],
    ["the long day of the autumn", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"],
  ])("begins anew at the local midnight: %s", (_, before, midnight) => {
    const { world, go } = at(before);
    expect(starts(world)).toBe(2);
    expect(world.enter(1).answer).toMatchObject({ code: "busy", retryAfterMs: 1000 });
    go(midnight);
    expect(starts(world)).toBe(2);
    expect(world.enter(1).answer).toMatchObject({
      message:
        'was not started: the resource "anthropic" has had 2 starts, and its rate is 2 per day (Europe/Berlin)',
    });
  });

  test("a wall clock that goes back over midnight and forth again does not begin the day a second time", () => {
    const { world, go } = at("2026-11-22T22:30:00Z");
    expect(starts(world)).toBe(2);
    go("2026-11-22T23:10:00Z");
    expect(starts(world)).toBe(2);
    world.wallOffMs = -HOUR;
    world.ms += 1000;
    expect(starts(world)).toBe(0);
    world.wallOffMs = 0;
    world.ms += 1000;
    expect(starts(world)).toBe(0);
    go("2026-11-23T23:00:00Z");
    expect(starts(world)).toBe(2);
  });

  test("a day that is reached for the second time goes on from where it was", () => {
    const { world, go } = at("2026-11-22T22:30:00Z");
    expect(starts(world)).toBe(2);
    go("2026-11-22T23:01:00Z");
    expect(starts(world)).toBe(2);
    world.wallOffMs = -minutes(25);
    expect(starts(world)).toBe(0);
    world.ask(1, [world.waiting()]);
    world.ms += minutes(26);
    expect(starts(world)).toBe(0);
  });

  test("a clock that was a month ahead is believed no longer than a day", () => {
    const { world } = at("2026-11-22T12:00:00Z");
    world.wallOffMs = 30 * 24 * HOUR;
    expect(starts(world)).toBe(2);
    world.wallOffMs = 0;
    world.ms += 10 * HOUR;
    expect(starts(world)).toBe(0);
    world.ms += 4 * HOUR;
    expect(starts(world)).toBe(2);
  });
});

describe("the time of a document", () => {
  const instant = (at: number, boot = "") => ({ at, boot, ticks: at });

  test("never goes back, and waits for a clock that did", () => {
    let clock = advance(NEW_CLOCK, instant(START));
    for (const [offset, t] of [
      [1000, 1000],
      [400, 1000],
      [900, 1000],
      [1500, 1500],
    ] as const) {
      clock = advance(clock, instant(START + offset));
      expect(clock).toMatchObject({ t, at: START + offset });
    }
  });

  test("two hosts whose clocks differ by hours, in turn, do not drive it on", () => {
    let clock = advance(NEW_CLOCK, instant(START, "one"));
    for (let turn = 1; turn <= 20; turn++) {
      const off = turn % 2 === 0 ? 0 : 5 * HOUR;
      clock = advance(clock, instant(START + turn * 1000 + off, turn % 2 === 0 ? "one" : "two"));
    }
    // Once, when the second was seen first.
    expect(clock.t).toBeLessThanOrEqual(5 * HOUR + 20_000);
  });
});

describe("the steps of a window", () => {
  test.each([1, 50])(
    "are at most 256, and count no window too low, nor much too high (every %i ms)",
    (most) => {
      const random = new Random("steps", most);
      const longest = 40_000;
      let steps: Steps = [];
      const all: [number, number][] = [];
      const exact = (from: number) => all.reduce((sum, [at, added]) => (at > from ? sum + added : sum), 0);
      let t = 0;
      for (let index = 0; index < 3000; index++) {
        t += most === 1 ? 1 : random.between(0, most);
        const amount = random.between(1, 9);
        steps = addStep(steps, t, amount, longest);
        all.push([t, amount]);
        const from = t - random.between(1, longest);
        expect(sumAfter(steps, from)).toBeGreaterThanOrEqual(exact(from));
        expect(sumAfter(steps, from)).toBeLessThanOrEqual(exact(from - longest / (MOST_STEPS / 2)));
        steps = stepsAfter(steps, t - longest);
      }
      expect(steps.length).toBeLessThanOrEqual(MOST_STEPS);
      expect(unpackSteps(packSteps(steps))).toEqual(steps);
    },
  );

  test("give back what was added at a time, also after a merge", () => {
    const steps: Steps = [
      [10, 1],
      [30, 4],
      [40, 1],
    ];
    expect(takeStep(steps, 20, 1)).toEqual([
      [10, 1],
      [30, 3],
      [40, 1],
    ]);
    expect(takeStep(steps, 10, 1)).toEqual([
      [30, 4],
      [40, 1],
    ]);
    expect(takeStep(steps, 41, 1)).toEqual(steps);
  });
});
