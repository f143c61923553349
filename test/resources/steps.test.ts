import { describe, expect, test } from "vitest";
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
import { Random } from "../helpers/random.ts";

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
