import { issuePlaces } from "../core/issues.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import { jobError } from "../callees/job/driver.ts";
import { send } from "./send.ts";
import { withTransport, type BigQueryClient, type RestCallback, type RestRequest } from "./client.ts";
import { garbled, meaningOf } from "./http-failure.ts";
import { countOf } from "./job-status.ts";

export interface RowOptions {
  readonly pageSize: number;
  readonly maxRows: number;
  readonly wrapIntegers: boolean;
  readonly schema: StandardSchema | undefined;
}

/** One page of jobs.getQueryResults. */
interface Page {
  readonly rows: readonly unknown[];
  readonly pageToken: string | undefined;
  readonly totalRows: number | undefined;
}

interface ResultsResource {
  readonly jobComplete?: boolean;
  readonly pageToken?: string;
  readonly totalRows?: string;
}

/** Reads every row, page by page, and checks that they are all there. */
export async function readRows(
  client: BigQueryClient,
  job: { readonly id: string; readonly location: string | undefined },
  options: RowOptions,
  { signal, activity }: { readonly signal: AbortSignal; readonly activity: () => void },
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let pageToken: string | undefined; ;) {
    const page = await readPage(client, job, options, pageToken, signal);
    activity();
    const total = page.totalRows ?? 0;
    if (Math.max(total, rows.length + page.rows.length) > options.maxRows) {
      const message = `found ${Math.max(total, rows.length)} rows, more than maxRows (${options.maxRows})`;
      const advice = "Raise maxRows, or let the query give fewer rows.";
      throw jobError({ code: "output_too_large", message, effect: "completed", advice });
    }
    for (const row of page.rows) rows.push(await validated(row, rows.length, options.schema));
    if (page.pageToken !== undefined) {
      if (page.pageToken === pageToken) throw garbled("with a page of rows that refers to itself");
      pageToken = page.pageToken;
      continue;
    }
    if (page.totalRows !== undefined && rows.length !== total) {
      const message = `got ${rows.length} of ${total} rows`;
      throw jobError({ code: "truncated_output", message, effect: "completed" });
    }
    return rows;
  }
}

async function readPage(
  client: BigQueryClient,
  { id, location }: { readonly id: string; readonly location: string | undefined },
  { pageSize, wrapIntegers }: RowOptions,
  pageToken: string | undefined,
  signal: AbortSignal,
): Promise<Page> {
  const { promise, resolve, reject } = Promise.withResolvers<Page>();
  const reader = withTransport(client, (request: RestRequest, callback) => {
    // The client reads the answer in this callback. Without the catch, an error there would be lost in the transport.
    deliver(send(client, request, signal), callback).catch(reject);
  });
  const job = reader.job(id, { location } as never) as {
    getQueryResults(options: object, callback: (...answer: unknown[]) => void): void;
  };
  const query = { autoPaginate: false, maxResults: pageSize, wrapIntegers, ...(pageToken && { pageToken }) };
  // ast-grep-ignore: js-job-timeout, reason: the signal ends the request
  job.getQueryResults(query, (error, rows, _next, body) => {
    if (error) return reject(withMeaning(error));
    const { jobComplete, pageToken: next, totalRows } = (body ?? {}) as ResultsResource;
    // For an incomplete answer the client returns no rows and no error.
    if (jobComplete !== true || !Array.isArray(rows)) return reject(garbled("about its rows"));
    return resolve({ rows, pageToken: next || undefined, totalRows: countOf(totalRows) });
  });
  return promise;
}

async function deliver(sending: Promise<object>, callback: RestCallback): Promise<void> {
  let body;
  try {
    body = await sending;
  } catch (error) {
    callback(error);
    return;
  }
  callback(null, body);
}

/** An error of the transport has its failure already. Any other error comes from the conversion of cells into values. */
function withMeaning(error: unknown): unknown {
  if (error instanceof Error && "failure" in error) return error;
  if (error instanceof RangeError) {
    const message = "found a whole number that JavaScript cannot hold; set wrapIntegers";
    return jobError({ code: "invalid_output", message, effect: "completed", cause: error });
  }
  return meaningOf(error);
}

async function validated(row: unknown, index: number, schema: StandardSchema | undefined): Promise<unknown> {
  if (schema === undefined) return row;
  const checked = await schema["~standard"].validate(row);
  if (checked.issues === undefined) return checked.value;
  const paths = issuePlaces(checked.issues, schema).slice(0, 5);
  const message = `found a row (number ${index + 1}) that does not fit the schema, at ${paths.join(", ")}`;
  throw jobError({ code: "invalid_output", message, effect: "completed" });
}
