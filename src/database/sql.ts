/** Writes the placeholder of the nth parameter: `?` for SQLite, `$n` for Postgres. */
export type Placeholder = (n: number) => string;

export const positional: Placeholder = () => "?";

export type Column = string | number | null;
export type Columns = Readonly<Record<string, Column>>;
export interface Query {
  readonly text: string;
  readonly values: readonly Column[];
}

export function insert(table: string, columns: Columns, p: Placeholder): Query {
  const names = Object.keys(columns);
  const marks = names.map((_, index) => p(index + 1));
  return {
    text: `INSERT INTO ${table} (${names.join(", ")}) VALUES (${marks.join(", ")})`,
    values: Object.values(columns),
  };
}

export interface TransactOptions {
  /** Survives a power cut once the transaction has returned. */
  readonly durable: boolean;
  readonly withinMs: number;
}
