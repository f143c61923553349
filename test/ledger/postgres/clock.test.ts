import { expect, it } from "vitest";
import { DatabaseClock } from "../../../src/ledger/postgres/clock.ts";

const BASE = 1_800_000_000_000;

/** A statement that is sent now and takes so long to reach a database whose clock is so much ahead. */
function observe(clock: DatabaseClock, arrivesAfterMs: number, aheadMs = 0): void {
  const sentAt = performance.now();
  clock.observe(BASE + aheadMs + sentAt + arrivesAfterMs, sentAt);
}

const aheadBy = (clock: DatabaseClock) => (clock.now()?.at ?? Number.NaN) - (BASE + performance.now());

it("knows no time before the first answer", () => {
  expect(new DatabaseClock().now()).toBeUndefined();
});

it("is ahead by what the fastest of the last statements took to arrive, and not by what the slow ones did", () => {
  const clock = new DatabaseClock();
  for (const ms of [900, 20, 1500, 700]) observe(clock, ms);
  expect(aheadBy(clock)).toBeCloseTo(20, -2);
  expect(aheadBy(clock)).toBeLessThan(250);
});

it("follows a clock of the database that was set, back at once and forward after eight answers", () => {
  const clock = new DatabaseClock();
  observe(clock, 5);
  observe(clock, 5, -3_600_000);
  expect(aheadBy(clock)).toBeLessThan(-3_500_000);
  for (let answers = 0; answers < 8; answers++) observe(clock, 5, 3_600_000);
  expect(aheadBy(clock)).toBeGreaterThan(3_500_000);
});
