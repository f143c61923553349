import type { Column, Columns, SqlWording } from "../../database/sql.ts";

/** The parameters of one statement that is put together from several texts. */
export class Parameters {
  readonly values: Column[] = [];
  readonly table: SqlWording["table"];

  constructor(table: SqlWording["table"]) {
    this.table = table;
  }

  mark(value: Column): string {
    return `$${this.values.push(clean(value))}`;
  }

  /** A text with placeholders of its own, counted from 1, as a part of this statement. */
  part(text: (p: SqlWording) => string, values: readonly Column[]): string {
    const before = this.values.length;
    this.values.push(...values.map(clean));
    return text(Object.assign((n: number) => `$${before + n}`, { table: this.table }));
  }

  /**
   * A row, where `source` has one. `$n` takes its type from the column only in a SELECT that stands right in the INSERT.
   *
   * @param own columns that have the same name in `source`
   */
  insert(table: string, columns: Columns, source: string, own?: string): string {
    const given = Object.entries(columns).filter(([, value]) => value !== null);
    const before = own === undefined ? [] : [own];
    const names = [...before, ...given.map(([name]) => name)].join(", ");
    const values = [...before, ...given.map(([, value]) => this.mark(value))].join(", ");
    return `INSERT INTO ${this.table(table)} (${names}) SELECT ${values} ${source}`;
  }
}

/** Postgres refuses NUL in a text; a lone surrogate has no UTF-8. */
export function clean(value: Column): Column {
  if (typeof value !== "string" || (!value.includes("\0") && value.isWellFormed())) return value;
  return value.replaceAll("\0", "\u2400").toWellFormed();
}
