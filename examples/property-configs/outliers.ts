/** A number of one file that is unlike the same number of all its siblings. */
export interface Outlier {
  readonly file: string;
  readonly path: string;
  readonly value: number;
  /** What the siblings have. */
  readonly low: number;
  readonly high: number;
}

/** With fewer siblings nobody can say what is usual. */
const SMALLEST_FAMILY = 4;
/** Honest files differ, and by factors of two or three; a slip of a digit is ten. */
const FAR = 10;

/**
 * Compares each number (of a list: its length) across the family. An outlier is the only 0 among others that have none, the only
 * negative, or ten times beyond all others. Each file may be right by its own schema.
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
      return isUnlike(value, low, high) ? [{ file, path, value, low, high }] : [];
    });
  });
}

function isUnlike(value: number, low: number, high: number): boolean {
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
