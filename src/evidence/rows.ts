import { readOptions, type Kinds } from "../core/options.ts";
import { EvidenceFound, type Evidence, type EvidenceContext, type EvidenceCheck } from "../core/evidence.ts";
import { eventually, type SettlingOptions } from "./eventually.ts";

/** A `DatabaseSync` of node:sqlite, or a database of better-sqlite3: only the parts that hardcall uses. */
export interface PreparingClient {
  prepare(query: string): { all(...params: never[]): readonly unknown[] };
}

/** A `Client` or `Pool` of `pg`, or any other client whose `query` resolves to rows. */
export interface QueryingClient {
  query(query: string, params: never): unknown;
}

export interface RowsOptions<Value> extends SettlingOptions {
  /** A SELECT of the rows that the call must have made, or a `SELECT count(*)`. */
  readonly query: string;
  /** The query's parameters. Bind the key or the start of the attempt; otherwise rows of an earlier run count. @default [] */
  readonly params?:
    readonly unknown[] | ((value: Value, context: EvidenceContext) => readonly unknown[]) | undefined;
  /** Fewer rows do not count. @default 1 */
  readonly min?: number | undefined;
  readonly client: PreparingClient | QueryingClient;
  /** The column whose values the result and the ledger keep. @default "id" */
  readonly id?: string | undefined;
}

const KEPT_IDS = 20;
const LONGEST_ID = 128;

/**
 * Rows that the call must have made. Found: `rows` and their `ids`.
 *
 * @example
 * rowsExist({
 *   client: database,
 *   query: "SELECT id FROM posts WHERE slot = ? AND created_at >= ?",
 *   params: (post: Post, { startedAt }) => [post.slot, startedAt.toISOString()],
 * });
 */
export function rowsExist<Value = unknown>(options: RowsOptions<Value>): Evidence<Value> {
  const problems: string[] = [];
  const read = readOptions<RowsOptions<Value>>(options, ROWS_OPTIONS, problems);
  const { query = "", params = [], min = 1, client, id = "id" } = read;
  if (typeof query !== "string" || query.trim() === "") problems.push("rowsExist() needs a query");
  if (!Number.isInteger(min) || min < 1) problems.push("min must be a whole number of rows from 1");
  if (typeof params !== "function" && !Array.isArray(params))
    problems.push("params must be a list, or a function that returns one");
  if (!isPreparing(client) && typeof (client as Partial<QueryingClient> | undefined)?.query !== "function")
    problems.push("rowsExist() needs a client with prepare (node:sqlite) or query (pg)");
  return eventually<Value>(
    async (value, context): Promise<EvidenceCheck> => {
      const bound = typeof params === "function" ? params(value, context) : params;
      const rows = await rowsOf(client as RowsOptions<Value>["client"], query, bound);
      const count = countOf(query, rows) ?? rows.length;
      if (count < min) return { missing: `the query found ${count} rows, fewer than min (${min})` };
      return new EvidenceFound({ kind: "rows", rows: count, ids: idsOf(rows, id) });
    },
    { within: read.within },
    problems,
  );
}

const ROWS_OPTIONS: Kinds<RowsOptions<never>> = {
  within: "anything",
  query: "a string",
  params: "anything",
  min: "a number",
  client: "anything",
  id: "a string",
};

const isPreparing = (client: unknown): client is PreparingClient =>
  typeof (client as Partial<PreparingClient> | undefined)?.prepare === "function";

async function rowsOf(
  client: PreparingClient | QueryingClient,
  query: string,
  params: readonly unknown[],
): Promise<readonly unknown[]> {
  const answer: unknown = isPreparing(client)
    ? client.prepare(query).all(...(params as never[]))
    : await client.query(query, params as never);
  const rows: unknown = Array.isArray(answer) ? answer : (answer as { readonly rows?: unknown } | null)?.rows;
  if (Array.isArray(rows)) return rows;
  throw new TypeError("the client answered without rows");
}

/** The number that a `SELECT count(*)` counted. Its one row must not count as an artifact. */
function countOf(query: string, rows: readonly unknown[]): number | undefined {
  if (rows.length !== 1 || !/^\s*select\s+count\s*\(/i.test(query)) return undefined;
  const [count, ...more] = Object.values(rows[0] as object) as unknown[];
  // Postgres drivers give 64-bit integers as text.
  return more.length === 0 && count !== null ? Number(count) : undefined;
}

function idsOf(rows: readonly unknown[], column: string): string[] {
  return rows
    .slice(0, KEPT_IDS)
    .map((row) => (row as Readonly<Record<string, unknown>> | null)?.[column])
    .filter((id) => typeof id === "string" || typeof id === "number" || typeof id === "bigint")
    .map((id) => String(id).slice(0, LONGEST_ID));
}
