/** An amount at a time of the document. */
export type TimedAmount = readonly [t: number, amount: number];

/** Amounts over time, oldest first. */
export type Steps = readonly TimedAmount[];

/** So many steps keep a document small, however many calls a window has. */
export const MOST_STEPS = 256;

/** The same with an amount added at its end. */
export function addStep(steps: Steps, t: number, amount: number, most = MOST_STEPS): Steps {
  if (amount === 0) return steps;
  const last = steps.at(-1);
  if (last !== undefined && last[0] >= t) return [...steps.slice(0, -1), [last[0], last[1] + amount]];
  const longer: Steps = [...steps, [t, amount]];
  return longer.length > most ? withoutClosestPair(longer) : longer;
}

/** Two neighbours become one under the later time, so that a window never counts too little. */
function withoutClosestPair(steps: Steps): Steps {
  let closest = 0;
  let gap = Infinity;
  for (let index = 0; index + 1 < steps.length; index++) {
    const between = timeAt(steps, index + 1) - timeAt(steps, index);
    if (between < gap) [closest, gap] = [index, between];
  }
  const [, earlier] = steps[closest] as TimedAmount;
  const [t, later] = steps[closest + 1] as TimedAmount;
  return steps.toSpliced(closest, 2, [t, earlier + later]);
}

const timeAt = (steps: Steps, index: number) => (steps[index] as TimedAmount)[0];

/** The same without an amount that was added at a time. A merge may have moved it to a later step. */
export function takeStep(steps: Steps, t: number, amount: number): Steps {
  const index = steps.findIndex(([time]) => time >= t);
  const [time, held] = steps[index] ?? [0, 0];
  if (index === -1) return steps;
  return held > amount ? steps.with(index, [time, held - amount]) : steps.toSpliced(index, 1);
}

/** The sum of what was added after a time. */
export function sumAfter(steps: Steps, time: number): number {
  let sum = 0;
  for (const [t, amount] of steps) if (t > time) sum += amount;
  return sum;
}

/** The time of the step with which the first `amount` after a time are complete; `undefined` when there is less. */
export function timeOfAmount(steps: Steps, time: number, amount: number): number | undefined {
  let sum = 0;
  for (const [t, added] of steps) {
    if (t <= time) continue;
    sum += added;
    if (sum >= amount) return t;
  }
  return undefined;
}

/** The same without what was added up to a time. */
export function stepsAfter(steps: Steps, time: number): Steps {
  const first = steps[0];
  return first === undefined || first[0] > time ? steps : steps.filter(([t]) => t > time);
}

/** As differences in one flat list, which is short as JSON. */
export function packSteps(steps: Steps): number[] {
  let before = 0;
  return steps.flatMap(([t, amount]) => {
    const since = t - before;
    before = t;
    return [since, amount];
  });
}

export function unpackSteps(packed: readonly number[]): Steps {
  const steps: TimedAmount[] = [];
  let t = 0;
  for (let index = 0; index + 1 < packed.length; index += 2) {
    t += packed[index] as number;
    steps.push([t, packed[index + 1] as number]);
  }
  return steps;
}
