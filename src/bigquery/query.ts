import { parseDuration, type Duration } from "../core/duration.ts";
import { readOptions, type Kinds } from "../core/options.ts";
import { isStandardSchema, type SchemaOutput, type StandardSchema } from "../core/standard-schema.ts";
import type { Callee } from "../core/callee.ts";
import { job } from "../callees/job/job.ts";
import { JOB_OPTIONS, type JobOptions } from "../callees/job/settings.ts";
import { isClient, type BigQueryClient } from "./client.ts";
import { identityOf, writeInsert } from "./configuration.ts";
import { bigqueryDriver, type QueryDetails } from "./driver.ts";

/** A value, or a function of the call's input that returns it. */
export type Of<Input, T> = T | ((input: Input) => T);

export interface BigQueryQueryOptions<
  Input,
  Schema extends StandardSchema | undefined = undefined,
> extends JobOptions {
  /**
   * A `BigQuery` of `@google-cloud/bigquery` 6.2.1 to 9. Make it with `autoRetry: false`: its own retries have no effect here, and their timers can
   * keep a process alive for up to 15 s.
   */
  readonly client: BigQueryClient;
  /** GoogleSQL. */
  readonly query: Of<Input, string>;
  /** Named or positional parameters, in the client's form. */
  readonly params?: Of<Input, Readonly<Record<string, unknown>> | readonly unknown[]> | undefined;
  /** The types of the parameters, in the client's form; needed for null and empty arrays. */
  readonly types?: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  /** The location of the data, such as `"EU"`. Outside US and EU, BigQuery finds a job only with its location. @default the client's */
  readonly location?: string | undefined;
  /** BigQuery refuses a query that would bill more bytes (`billing`). */
  readonly maximumBytesBilled?: number | bigint | string | undefined;
  /**
   * The time limit on the server. It ends the job if this host dies. BigQuery does not promise to keep it exactly.
   *
   * @default the attempt's timeout plus `cancelGrace`
   */
  readonly jobTimeoutMs?: Duration | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** `"nonEmpty"`: a result without rows fails with `empty_output`. `"any"`: it is a success. */
  readonly rows: "nonEmpty" | "any";
  /** A Standard Schema for one row. A row that does not fit is `invalid_output`. */
  readonly schema?: Schema;
  /** More rows are `output_too_large`. @default 100000 */
  readonly maxRows?: number | undefined;
  /** How many rows one request reads. @default 10000 */
  readonly pageSize?: number | undefined;
  /** Returns whole numbers as the client's BigQueryInt. Without it, a number that JavaScript cannot hold is `invalid_output`. @default false */
  readonly wrapIntegers?: boolean | undefined;
}

/** A row: the output of the schema, or without a schema the row of the client. */
export type RowOf<Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : Record<string, unknown>;

/**
 * A BigQuery query as a callee. Its `value` is all rows of the result. The client builds the requests and reads the answers; hardcall
 * decides when to send, retry and cancel.
 *
 * A job that failed had no effect, except a script, a CALL or an EXPORT DATA: those may have done a part of their work.
 *
 * @example
 * const report = defineCall({
 *   name: "daily-report",
 *   callee: bigqueryQuery({ client: new BigQuery(), query: "SELECT …", rows: "nonEmpty" }),
 *   timeout: { total: "30m", attempt: "10m" },
 *   effects: "none",
 *   retry: { attempts: 2 },
 * });
 * const { value: rows, bytesBilled } = await report();
 */
export function bigqueryQuery<Input = void, const Schema extends StandardSchema | undefined = undefined>(
  options: BigQueryQueryOptions<Input, Schema>,
): Callee<Input, RowOf<Schema>[], QueryDetails> {
  const problems: string[] = [];
  const read = readOptions<typeof options>(options, QUERY_OPTIONS, problems) as typeof options;
  problems.push(...problemsOf(read));
  const { client, query, params, types, location, maximumBytesBilled, labels } = read;
  const { rows, schema, maxRows = 100_000, pageSize = 10_000, wrapIntegers = false } = read;
  const serverLimit = read.jobTimeoutMs === undefined ? undefined : parseDuration(read.jobTimeoutMs);
  if (serverLimit !== undefined && "problem" in serverLimit)
    problems.push(`jobTimeoutMs ${serverLimit.problem}`);
  const { cancelGrace, callTimeout, resultTimeout, minPoll, maxPoll, onProgress } = read;
  const graceMs = parseDuration(cancelGrace ?? 30_000);

  const insertFor = (input: Input) =>
    writeInsert(client, {
      query: valueFor(query, input),
      ...(params !== undefined && { params: valueFor(params, input) }),
      ...(types !== undefined && { types }),
      ...(location !== undefined && { location }),
      ...(maximumBytesBilled !== undefined && { maximumBytesBilled: String(maximumBytesBilled) }),
      ...(labels !== undefined && { labels }),
    });
  const driver = bigqueryDriver<Input, RowOf<Schema>>({
    client,
    insertFor,
    jobTimeoutMs: (limitMs) =>
      Math.ceil(
        serverLimit !== undefined && "ms" in serverLimit
          ? serverLimit.ms
          : limitMs + ("ms" in graceMs ? graceMs.ms : 0),
      ),
    rows: { required: rows === "nonEmpty", maxRows, pageSize, wrapIntegers, schema },
  });
  const callee = job(driver, {
    cancelGrace,
    callTimeout,
    resultTimeout,
    minPoll,
    maxPoll,
    onProgress,
    problems,
    fingerprint: (input) => identityOf(insertFor(input).configuration),
  });
  return {
    ...callee,
    check(input) {
      try {
        insertFor(input);
        return [];
      } catch (error) {
        return [
          `the request for the query cannot be built: ${error instanceof Error ? error.message : String(error)}`,
        ];
      }
    },
  };
}

const QUERY_OPTIONS: Kinds<BigQueryQueryOptions<never, StandardSchema | undefined>> = {
  ...JOB_OPTIONS,
  client: "anything",
  query: "anything",
  params: "anything",
  types: "anything",
  location: "a string",
  maximumBytesBilled: "anything",
  jobTimeoutMs: "anything",
  labels: "an object",
  rows: "anything",
  schema: "anything",
  maxRows: "a number",
  pageSize: "a number",
  wrapIntegers: "true or false",
};

function valueFor<Input, T>(of: Of<Input, T>, input: Input): T {
  return typeof of === "function" ? (of as (input: Input) => T)(input) : of;
}

function problemsOf(options: BigQueryQueryOptions<never, StandardSchema | undefined>): string[] {
  const { client, query, rows, schema, maxRows = 1, pageSize = 1 } = options;
  const problems: string[] = [];
  if (!isClient(client)) problems.push("client must be a BigQuery of @google-cloud/bigquery");
  if (typeof query !== "function" && (typeof query !== "string" || query.trim() === "")) {
    problems.push("query must be SQL, or a function of the input that returns it");
  }
  if (rows !== "nonEmpty" && rows !== "any") {
    problems.push('rows must be "nonEmpty" (no rows are a failure) or "any" (no rows are an answer)');
  }
  if (schema !== undefined && !isStandardSchema(schema))
    problems.push("schema must be a Standard Schema of one row");
  if (!Number.isInteger(maxRows) || maxRows < 1) problems.push("maxRows must be a whole number above 0");
  if (!Number.isInteger(pageSize) || pageSize < 1) problems.push("pageSize must be a whole number above 0");
  return problems;
}
