/** Where values lie on an axis. */
export interface Scale {
  /** From 0 to 1 along the axis. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** From 0 to a round number above all values; `logarithmic`: from a power of ten below them to one above. */
export function scaleOf(values: readonly number[], logarithmic: boolean): Scale {
  return logarithmic ? logarithmicScale(values) : linearScale(values);
}

function linearScale(values: readonly number[]): Scale {
  const most = Math.max(0, ...values) || 1;
  const step = roundUp(most / 5);
  const count = Math.ceil(most / step - 1e-9);
  return {
    at: (value) => Math.max(0, value) / (count * step),
    ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12))),
  };
}

function logarithmicScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive, ...(positive.length === 0 ? [1] : []))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 0))));
  return {
    at: (value) => (value > 0 ? (Math.log10(value) - low) / (high - low) : 0),
    ticks: Array.from({ length: high - low + 1 }, (_, index) =>
      Number((10 ** (low + index)).toPrecision(12)),
    ),
  };
}

/** The next number that is 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5].map((digit) => digit * power).find((round) => round >= value * (1 - 1e-9)) ?? 10 * power;
}
