import type { BenchTable, Cell } from "../part.ts";

/** What a chart shows of its table. */
export interface Plot {
  readonly columns: readonly string[];
  /** A value that is no number is said in words. */
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | string)[] }[];
  readonly unit: string;
  readonly logarithmic: boolean;
  readonly x?: string | undefined;
}

/** @throws An Error that names the column, if the table has none of that id. */
export function plotOf({ id, columns, rows, chart }: BenchTable): Plot | undefined {
  if (chart === undefined) return undefined;
  const indexes = chart.columns.map((name) => {
    const index = columns.findIndex((column) => column.id === name);
    if (index < 1) throw new Error(`table ${id} draws a column "${name}" that it has not`);
    return index;
  });
  return {
    columns: indexes.map((index) => withoutUnit(plain(columns[index]?.head ?? ""), chart.unit)),
    rows: rows.map(({ name, cells }) => ({
      name: plain(name),
      values: indexes.map((index) => valueOf(cells[index - 1])),
    })),
    unit: chart.unit,
    logarithmic: chart.logarithmic ?? false,
    x: chart.x,
  };
}

/** The axis names the unit. */
const withoutUnit = (head: string, unit: string) =>
  head.endsWith(`, ${unit}`) ? head.slice(0, -unit.length - 2) : head;

const plain = (markdown: string) => markdown.replaceAll(/[`*]/g, "");

/** JSON has null where there is no figure: nothing was measured, or what was measured crashed. */
function valueOf(cell: Cell | null): number | string {
  if (cell === undefined || cell === null) return "no figure";
  if (typeof cell === "string") return plain(cell) || "no figure";
  const value = typeof cell === "number" ? cell : cell.median;
  return Number.isFinite(value) ? value : "no figure";
}

/** Three digits say enough in a picture. */
export const readable = (value: number): string =>
  Number(value.toPrecision(value >= 1000 ? 4 : 3)).toLocaleString("en", { maximumSignificantDigits: 4 });
