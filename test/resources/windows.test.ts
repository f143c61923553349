import { describe, expect, test } from "vitest";
import type { ResourceLimits } from "../../src/resources/types.ts";
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
