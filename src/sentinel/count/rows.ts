import { fileURLToPath } from "node:url";
import type { CallError } from "../../core/errors.ts";
import { runCommand } from "../../call/run-once.ts";
import { ownRuntime } from "../../core/own-runtime.ts";
import { CountError, type Artifact } from "./artifact.ts";
import type { Count } from "./count.ts";
import { fromRows, type RowShape } from "./row.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** A client that runs SQL, such as a `pg` pool. It resolves to the rows, or to an object with `rows`. */
export interface QueryClient {
  query(sql: string): PromiseLike<Rows | { readonly rows: Rows }>;
}

export interface RowsCountOptions extends RowShape {
  /** A SQLite file, opened read-only. */
  readonly database?: string | undefined;
  /** Use it instead of `database`. */
  readonly client?: QueryClient | undefined;
  /** Select columns `id` and `at`, and only the newest rows if there are many: `SELECT id, published_at AS at FROM posts`. */
  readonly query: string;
}

const QUERY_PROCESS = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./query-process.ts" : "./sentinel-query.js", import.meta.url),
);

/** Counts the rows of a query. */
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

/** What the query process reads on stdin, as JSON. */
export type QueryRequest = RowShape & { readonly database: string; readonly query: string };
export type QueryAnswer = { readonly artifacts: readonly Artifact[] } | { readonly problem: string };

/** Runs in a process of its own: SQLite queries are synchronous, so a query that hangs would also stop the timer that limits it. */
async function querySqlite(
  request: QueryRequest,
  remainingMs: number,
  signal: AbortSignal,
): Promise<readonly Artifact[]> {
  const options = { timeout: remainingMs, signal, name: "sentinel-query", killGrace: 100 };
  const runtime = ownRuntime();
  if (runtime === undefined)
    throw new CountError(
      "an application that is its own executable cannot query a file; give rows() a client",
    );
  let answer: QueryAnswer;
  try {
    const { value } = await runCommand(runtime.file, ["--no-warnings", QUERY_PROCESS], {
      ...options,
      stdin: JSON.stringify(request),
    });
    answer = JSON.parse(value) as QueryAnswer;
  } catch (error) {
    const { code, cause } = error as Partial<CallError>;
    throw new CountError(
      code === "timeout" ? "the query did not end before the deadline" : `the query process failed (${code})`,
      { cause },
    );
  }
  if ("problem" in answer) throw new CountError(answer.problem);
  return answer.artifacts;
}
