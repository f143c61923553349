import type { Row } from "./columns.ts";

/** How a database words a statement. */
export interface SqlWording {
  /** The placeholder of the nth parameter: `?` for SQLite, `$n` for Postgres. */
  (n: number): string;
  /** A table's name as a statement has to write it, with its schema where there is one. */
  readonly table: (name: string) => string;
}

export const positional: SqlWording = Object.assign(() => "?", { table: (name: string) => name });

export type Column = string | number | null;
export type Columns = Readonly<Record<string, Column>>;
export interface Query {
  readonly text: string;
  readonly values: readonly Column[];
}

export function insert(table: string, columns: Columns, p: SqlWording): Query {
  const names = Object.keys(columns);
  const marks = names.map((_, index) => p(index + 1));
  return {
    text: `INSERT INTO ${p.table(table)} (${names.join(", ")}) VALUES (${marks.join(", ")})`,
    values: Object.values(columns),
  };
}

export interface TransactOptions {
  /** Survives a power cut once the transaction has returned. */
  readonly durable: boolean;
  readonly withinMs: number;
  /**
   * The same object for each try to write the same thing. A database that does not know whether an earlier try was committed looks,
   * and does not write it a second time.
   */
  readonly intent?: object | undefined;
}

export type Dialect = "sqlite" | "postgres";

/** The statements of one transaction. Texts have `?` for their parameters, in either database. */
export interface SqlSession {
  /** For the few statements that each database words differently. */
  readonly dialect: Dialect;
  get(text: string, values: readonly Column[]): Promise<Row | undefined>;
  all(text: string, values: readonly Column[]): Promise<readonly Row[]>;
  /** @returns how many rows changed */
  run(text: string, values: readonly Column[]): Promise<number>;
}

/** A ledger's database, for what is kept in it beside the calls: sentinels, and what the report reads. */
export interface SqlDatabase {
  /** Where it is, for messages: a path, or a URL without credentials. */
  readonly location: string;
  readonly dialect: Dialect;
  /** Everything that `work` reads is of one moment. It may be run again. @param withinMs default: 10000 */
  read<T>(work: (session: SqlSession) => Promise<T>, withinMs?: number): Promise<T>;
  /** One transaction. `work` awaits nothing but its session, and may be run again. */
  write<T>(options: TransactOptions, work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A list of any length for `IN (…)`: its one parameter is the JSON of an array of texts. */
export const members = ({ dialect }: { readonly dialect: Dialect }): string =>
  dialect === "sqlite"
    ? "SELECT value FROM json_each(?)"
    : "SELECT jsonb_array_elements_text(CAST(? AS jsonb))";
