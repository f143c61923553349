import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bars } from "./chart/bars.ts";
import { lines } from "./chart/lines.ts";
import { plotOf } from "./chart/plot.ts";
import { picture } from "./chart/svg.ts";
import type { BenchTable } from "./part.ts";

/** The chart of a table as SVG: small, self-contained, readable in dark and light. */
export function chartOf(table: BenchTable): string | undefined {
  const plot = plotOf(table);
  if (plot === undefined || table.chart === undefined) return undefined;
  const { kind } = table.chart;
  return picture({
    title: table.title,
    description: table.means,
    series: plot.columns,
    kind,
    ...(kind === "bars" ? bars(plot) : lines(plot)),
  });
}

/** Writes a file for each table that has a chart, named by the table. */
export function writeCharts(folder: string, tables: readonly BenchTable[]): void {
  mkdirSync(folder, { recursive: true });
  for (const table of tables) {
    const chart = chartOf(table);
    if (chart !== undefined) writeFileSync(path.join(folder, `${table.id}.svg`), chart);
  }
}
