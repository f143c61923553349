import { expect, it } from "vitest";
import { AgentTimer } from "../../../src/resources/agent/timer.ts";

const IDLE = { waiting: 0, places: 0, leaves: 0, firstEnd: Infinity, isTalking: false, holdsExit: false };

/** How long after a change the timer fires. */
async function firesAfter(load: Partial<typeof IDLE>, changed: { nextLookMs: number; leaseMs: number }) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = new AgentTimer(resolve);
  timer.talks();
  const from = performance.now();
  timer.said(changed);
  // It keeps this process alive, as that of a call that waits.
  timer.rest({ ...IDLE, ...load, holdsExit: true });
  await promise;
  return performance.now() - from;
}

it("a place that nobody waits for is renewed after a third of its lease", async () => {
  expect(await firesAfter({ places: 1 }, { nextLookMs: 10_000, leaseMs: 900 })).toBeGreaterThan(298);
});

it("while calls wait, the next look comes after a second, or when the rules say, and before the lease is over", async () => {
  const [second, lease] = await Promise.all([
    firesAfter({ waiting: 1 }, { nextLookMs: 0, leaseMs: 30_000 }),
    firesAfter({ waiting: 1, places: 1 }, { nextLookMs: 10_000, leaseMs: 1500 }),
  ]);
  expect(second).toBeGreaterThan(998);
  expect(lease).toBeGreaterThan(498);
});

it("there is no timer while nothing waits and no place is held", () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const timer = new AgentTimer(() => undefined);
  const before = timers();
  timer.rest({ ...IDLE, waiting: 1, holdsExit: true });
  expect(timers()).toBe(before + 1);
  timer.rest(IDLE);
  expect(timers()).toBe(before);
});

it("pauses after a change that failed, longer each time, and not after the next that did not", () => {
  const timer = new AgentTimer(() => undefined);
  expect(timer.mayTalk).toBe(true);
  timer.failed({ waiting: 1, places: 0 });
  expect(timer.mayTalk).toBe(false);
  timer.said({ nextLookMs: 1000, leaseMs: 30_000 });
  timer.rest(IDLE);
  expect(timer.isLookDue).toBe(false);
});
