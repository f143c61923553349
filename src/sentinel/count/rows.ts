import { fileURLToPath } from "node:url";
import type { CallError } from "../../core/errors.ts";
import { runCommand } from "../../call/run-once.ts";
import { CountError, type Artifact } from "./artifact.ts";
import type { Count } from "./count.ts";
import { fromRows, type RowShape } from "./row.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Anything that runs SQL, such as a `pg` pool: it resolves to the rows, or to an object that has them. */
export interface QueryClient {
  query(sql: string): PromiseLike<Rows | { readonly rows: Rows }>;
}

export interface RowsCountOptions extends RowShape {
  /** A SQLite file, opened for reading only. */
  readonly database?: string | undefined;
  /** In place of `database`. */
  readonly client?: QueryClient | undefined;
  /** Give `id` and `at` columns, and newest rows if there are many: `SELECT id, published_at AS at FROM posts`. */
  readonly query: string;
}

const QUERY_PROCESS = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./query-process.ts" : "./sentinel-query.js", import.meta.url),
);

/** Rows of a query. */
export function rows(options: RowsCountOptions): Count {
  const { database, client, query } = options;
  if (client !== undefined) {
    return async () => {
      const answer = await client.query(query);
      return fromRows("rows" in answer ? answer.rows : answer, options);
    };
  }
  if (database === undefined) throw new TypeError("rows() needs a database or a client");
  return ({ signal, remainingMs }) =>
    querySqlite({ database, query, id: options.id, at: options.at }, remainingMs, signal);
}

/** What the query process is told, as JSON. */
export type QueryRequest = RowShape & { readonly database: string; readonly query: string };
export type QueryAnswer = { readonly artifacts: readonly Artifact[] } | { readonly problem: string };

/** In a process of its own: SQLite runs a query synchronously, and one that hangs would stop our own clock too. */
async function querySqlite(
  request: QueryRequest,
  remainingMs: number,
  signal: AbortSignal,
): Promise<readonly Artifact[]> {
  const options = { timeout: remainingMs, signal, name: "sentinel-query", killGrace: 100 };
  let answer: QueryAnswer;
  try {
    const { value } = await runCommand(process.execPath, ["--no-warnings", QUERY_PROCESS], {
      ...options,
      stdin: JSON.stringify(request),
    });
    answer = JSON.parse(value) as QueryAnswer;
  } catch (error) {
    const { code, cause } = error as Partial<CallError>;
    throw new CountError(
      code === "timeout" ? "the query did not end in time" : `the query process failed (${code})`,
      { cause },
    );
  }
  if ("problem" in answer) throw new CountError(answer.problem);
  return answer.artifacts;
}
