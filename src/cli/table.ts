import { visible } from "./terminal/visible.ts";

/** Columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rowsBelow(head, rows).join("\n");
}

/** As `table`, for a part of it: `widths` are those of the parts before, and grow with this one. */
export function rowsBelow(
  first: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  widths: number[] = [],
): string[] {
  const cells = [...(first === undefined ? [] : [first]), ...rows].map((row) => row.map(visible));
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
