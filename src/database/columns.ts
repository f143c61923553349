/** A row as a database gives it back. */
export type Row = Readonly<Record<string, unknown>>;

/** Reads a word that the schema's CHECK constraint guarantees; throws for a row that was edited by hand. */
export function oneOf<T extends string>(row: Row, column: string, allowed: readonly T[]): T {
  const value = text(row, column);
  const found = allowed.find((one) => one === value);
  if (found === undefined)
    throw new Error(`Column ${column} of the ledger holds a value that hardcall never writes.`);
  return found;
}

export function maybe<T extends string>(row: Row, column: string, allowed: readonly T[]): T | undefined {
  return row[column] === null ? undefined : oneOf(row, column, allowed);
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new Error(`Column ${column} of the ledger does not hold text.`);
  return value;
}

export function maybeText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function number(row: Row, column: string): number {
  // Postgres drivers give 64-bit integers as text.
  const value = Number(row[column]);
  if (row[column] === null || !Number.isFinite(value)) {
    throw new Error(`Column ${column} of the ledger does not hold a number.`);
  }
  return value;
}

export function maybeNumber(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : number(row, column);
}
