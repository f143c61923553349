import { describe, expect, test } from "vitest";
import { advance, NEW_CLOCK } from "../../src/resources/document-clock.ts";
import { START } from "./harness.ts";

const HOUR = 3_600_000;

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
