/** A number of one file that differs from the same number of all other files. */
export interface Outlier {
  readonly file: string;
  readonly path: string;
  readonly value: number;
  /** The range of the other files. */
  readonly low: number;
  readonly high: number;
}

/** Fewer files show no usual range. */
const SMALLEST_FAMILY = 4;
/** Correct files differ by factors of two or three. One digit too many is a factor of ten. */
const FAR = 10;

/**
 * Compares each number, and the length of each list, across all files. An outlier is the only 0, the only negative number, or
 * ten times larger or smaller than all others. A file can be valid by its schema and still have one.
 */
export function findOutliers(family: ReadonlyMap<string, unknown>): Outlier[] {
  const columns = new Map<string, Map<string, number>>();
  for (const [file, config] of family) {
    for (const [path, value] of numbersOf(config, "")) {
      const column = columns.get(path) ?? new Map<string, number>();
      columns.set(path, column.set(file, value));
    }
  }
  return [...columns].flatMap(([path, column]) => {
    if (column.size < SMALLEST_FAMILY) return [];
    return [...column].flatMap(([file, value]) => {
      const others = [...column].filter(([name]) => name !== file).map(([, other]) => other);
      const low = Math.min(...others);
      const high = Math.max(...others);
      return isOutlier(value, low, high) ? [{ file, path, value, low, high }] : [];
    });
  });
}

function isOutlier(value: number, low: number, high: number): boolean {
  if (low <= 0) return false;
  return value <= 0 || value * FAR <= low || value >= high * FAR;
}

function numbersOf(value: unknown, path: string): [string, number][] {
  if (typeof value === "number") return [[path, value]];
  if (Array.isArray(value)) return [[`${path}.length`, value.length]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    numbersOf(item, path === "" ? key : `${path}.${key}`),
  );
}
