import type { Spread } from "./stats.ts";

/** How long a part may measure: `quick` shows that it works and how large a figure is, `full` keeps to the part's budget. */
export type Effort = "quick" | "full";

/** A part of `npm run bench`. It stands in the list of `parts.ts`, which loads it when it runs. */
export interface BenchPart {
  readonly name: string;
  readonly title: string;
  run(effort: Effort): Promise<readonly BenchTable[]>;
}

/** What a cell holds: a figure, several rounds of it, words, or nothing that could be measured. */
export type Cell = number | string | Spread | undefined;

export interface Column {
  /** Stays the same from run to run: `--compare` finds a figure by table, row and column. */
  readonly id: string;
  /** Names the unit. */
  readonly head: string;
  /** @default 2 */
  readonly digits?: number;
}

export interface Row {
  readonly name: string;
  /** One for each column after the first. */
  readonly cells: readonly Cell[];
}

/** Lower is better. One that is a quarter above its former value is a regression; one above its limit is told. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly limit?: number;
}

export interface Chart {
  readonly kind: "bars" | "lines";
  /** What the rows count, for the axis below lines. Their names are then numbers, with or without thousands separators. */
  readonly x?: string;
  /** The ids of the columns that are drawn. */
  readonly columns: readonly string[];
  readonly unit: string;
  readonly logarithmic?: boolean;
}

export interface BenchTable {
  /** Stays the same from run to run; also the name of the chart's file. */
  readonly id: string;
  readonly title: string;
  /** What the table means for a user, in one sentence. */
  readonly means: string;
  /** The first column holds the names of the rows. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly ratios: readonly Ratio[];
  readonly chart?: Chart;
  readonly notes?: readonly string[];
}
