import type { Figures, MeasuredPart } from "./figures.ts";
import type { BenchTable, Cell, Column, Ratio } from "./part.ts";
import { table as markdownTable, type Spread } from "./stats.ts";

/** A figure as people read it: `1,234.50`. */
export const figure = (value: number, digits = 2): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A table with what it means, as Markdown. `chart` is the path of its picture. */
export function tableText(table: BenchTable, part: MeasuredPart, chart?: string): string {
  const head = table.columns.map((column) => column.head);
  const rows = table.rows.map(({ name, cells }) => [
    name,
    ...cells.map((cell, index) => shown(cell, table.columns[index + 1])),
  ]);
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const notes = [
    ...(table.notes ?? []),
    `${part.day}${part.load === undefined ? "" : `, load ${part.load}`}.`,
  ];
  return [
    table.means,
    ...(chart === undefined ? [] : [`![${table.title}](${chart})`]),
    markdownTable(head, cells),
    ...limits(table.ratios),
    notes.join(" "),
  ].join("\n\n");
}

/** What figures are of. */
export function aboutRun({ machine, packages, parts }: Figures): string {
  const { system, processor, memoryGb, node } = machine;
  const days = [...new Set(parts.map(({ day }) => day))].toSorted();
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return `${days.join(", ")}; ${system}, ${processor}, ${memoryGb} GB; Node ${node}, ${versions.join(", ")}.`;
}

/** JSON has null where nothing was measured. */
function shown(cell: Cell | null, column: Column | undefined): string {
  if (typeof cell === "string") return cell;
  const digits = column?.digits;
  if (typeof cell === "number") return Number.isFinite(cell) ? figure(cell, digits) : "";
  if (!Number.isFinite(cell?.median)) return "";
  const { median, min, max } = cell as Spread;
  return `${figure(median, digits)} (${figure(min, digits)}-${figure(max, digits)})`;
}

/** The figures that have a limit, each beside it. */
function limits(ratios: readonly Ratio[]): string[] {
  const limited = ratios.filter(({ limit }) => limit !== undefined);
  if (limited.length === 0) return [];
  const rows = limited.map(({ name, value, limit = Number.NaN }) => [
    name,
    value > limit ? `**${figure(value)}**` : figure(value),
    figure(limit),
  ]);
  return [markdownTable(["", "measured", "at most"], rows)];
}
