/** An amount at a time of the document. */
export type TimedAmount = readonly [t: number, amount: number];

/** Amounts over time, oldest first. */
export type Steps = readonly TimedAmount[];

/** So many steps keep a document small, however many calls a window has. */
export const MOST_STEPS = 256;

/**
 * The same with an amount added at its end. When the steps are too many, those of one part of the longest window become one, under the
 * latest time among them: a window then counts an amount for a little longer, and never for less.
 *
 * @param longestMs the longest window that the steps are counted in
 */
export function addStep(
  steps: Steps,
  t: number,
  amount: number,
  longestMs: number,
  most = MOST_STEPS,
): Steps {
  if (amount === 0) return steps;
  const last = steps.at(-1);
  if (last !== undefined && last[0] >= t) return [...steps.slice(0, -1), [last[0], last[1] + amount]];
  const longer: Steps = [...steps, [t, amount]];
  return longer.length > most ? coarser(longer, longestMs / (most / 2)) : longer;
}

/** The parts begin at fixed times. If neighbours were joined instead, old amounts would move on with each new one, and never leave. */
function coarser(steps: Steps, partMs: number): Steps {
  const parts = new Map<number, TimedAmount>();
  for (const [t, amount] of steps) {
    const part = Math.floor(t / partMs);
    parts.set(part, [t, amount + (parts.get(part)?.[1] ?? 0)]);
  }
  return [...parts.values()];
}

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
