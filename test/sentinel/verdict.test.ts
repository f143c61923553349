import { array, assert, integer, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { addOutsideMaintenance } from "../../src/sentinel/maintenance.ts";
import { judge, judgeUnderJump, type SentinelCount, type Expectation } from "../../src/sentinel/verdict.ts";

const HOUR = 3_600_000;
const EXPECTED: Expectation = {
  window: 48 * HOUR,
  grace: HOUR,
  unknownGrace: 2 * HOUR,
  min: 1,
  maintenance: [],
};
const found = (...times: number[]): SentinelCount => ({ kind: "found", times });
const at = (now: number) => ({ now, since: 0 });

describe("the verdict", () => {
  it.each([
    ["in the first window nothing is due yet", found(), 48 * HOUR - 1, "ok", false],
    ["one that never ran is late when its window is over", found(), 48 * HOUR, "late", false],
    ["and silent when the grace is over too", found(), 49 * HOUR, "silent", true],
    ["an artifact starts the window anew", found(10 * HOUR), 57 * HOUR, "ok", false],
    ["until it has left it", found(10 * HOUR), 58 * HOUR, "late", false],
    ["what was there before registration counts by its own time", found(-49 * HOUR), 0, "silent", true],
  ] as const)("%s", (_, evidence, now, verdict, isAlarming) => {
    expect(judge(evidence, EXPECTED, at(now))).toMatchObject({ verdict, isAlarming });
  });

  it("asks for as many as were asked for: some are late, none are silent", () => {
    const expected = { ...EXPECTED, min: 3 };
    const some = judge(found(50 * HOUR, 60 * HOUR), expected, at(80 * HOUR));
    expect(some).toMatchObject({ verdict: "late", isAlarming: true, found: 2 });
    const none = judge(found(1 * HOUR, 2 * HOUR), expected, at(80 * HOUR));
    expect(none).toMatchObject({ verdict: "silent", isAlarming: true, found: 0, lastAt: 2 * HOUR });
  });

  it("is unknown after a count that failed, and that alerts after its own grace", () => {
    const failed: SentinelCount = { kind: "failed", reason: "the database file does not exist" };
    const early = judge(failed, EXPECTED, { now: 9 * HOUR, since: 0, unknownSince: 8 * HOUR });
    expect(early).toMatchObject({
      verdict: "unknown",
      isAlarming: false,
      reason: "the database file does not exist",
    });
    const later = judge(failed, EXPECTED, { now: 10 * HOUR, since: 0, unknownSince: 8 * HOUR });
    expect(later).toMatchObject({ verdict: "unknown", isAlarming: true });
  });

  it("is due as much later as a maintenance was long, and does not alert during one", () => {
    const maintenance = [{ from: 40 * HOUR, to: 60 * HOUR }];
    const expected = { ...EXPECTED, maintenance };
    expect(judge(found(), expected, at(50 * HOUR))).toMatchObject({ verdict: "ok", isInMaintenance: true });
    expect(judge(found(), expected, at(67 * HOUR))).toMatchObject({ verdict: "ok", dueAt: 68 * HOUR });
    expect(judge(found(), expected, at(69 * HOUR))).toMatchObject({ verdict: "silent", isAlarming: true });
    const during = judge(found(-60 * HOUR), expected, at(50 * HOUR));
    expect(during).toMatchObject({ verdict: "silent", isAlarming: false, isInMaintenance: true });
  });

  it("holds under a clock that was set only if both clocks agree", () => {
    // A window that ended half an hour ago by a clock that was set an hour forward.
    const now = 48.5 * HOUR;
    expect(judgeUnderJump(found(), EXPECTED, at(now), HOUR)).toMatchObject({
      verdict: "unknown",
      reason: "the clock of this machine was set forward by 60 min",
    });
    expect(judgeUnderJump(found(), EXPECTED, at(60 * HOUR), HOUR).verdict).toBe("silent");
    expect(judgeUnderJump(found(40 * HOUR), EXPECTED, at(now), -HOUR).verdict).toBe("ok");
  });

  it("is ok only when so many are in the window, or the first window is not over (any evidence)", () => {
    assert(
      property(
        array(integer({ min: -200, max: 200 }), { maxLength: 6 }),
        integer({ min: 0, max: 200 }),
        integer({ min: 1, max: 3 }),
        (hours, now, min) => {
          const expected = { ...EXPECTED, min };
          const times = hours.filter((hour) => hour <= now).map((hour) => hour * HOUR);
          const { verdict } = judge(found(...times), expected, at(now * HOUR));
          const inWindow = times.filter((time) => time > (now - 48) * HOUR).length;
          const isFirstWindow = times.length < min && now < 48;
          expect(verdict === "ok").toBe(inWindow >= min || isFirstWindow);
        },
      ),
    );
  });
});

describe("maintenance", () => {
  it("counts overlapping windows once (as a count hour by hour does)", () => {
    const hours = integer({ min: 0, max: 60 });
    const windows = array(
      tuple(hours, integer({ min: 1, max: 30 })).map(([from, length]) => ({ from, to: from + length })),
      { maxLength: 4 },
    );
    assert(
      property(hours, integer({ min: 1, max: 30 }), windows, (start, span, maintenance) => {
        let end = start;
        for (let left = span; left > 0; end++) {
          if (!maintenance.some(({ from, to }) => from <= end && end < to)) left -= 1;
        }
        expect(addOutsideMaintenance(start, span, maintenance)).toBe(end);
      }),
    );
  });
});
