/**
 * The parts of `BigQuery` from `@google-cloud/bigquery` 6.2.1 to 9 that hardcall uses. Structural, so that a program without that package still
 * type-checks.
 */
export interface BigQueryClient {
  readonly projectId: string;
  request(options: never, callback: never): unknown;
  createQueryJob(options: never, callback: never): unknown;
  job(id: string, options?: never): unknown;
}

/** A request for the client's own transport. */
export interface RestRequest {
  readonly method?: "GET" | "POST";
  readonly uri: string;
  readonly qs?: Readonly<Record<string, unknown>>;
  readonly json?: unknown;
}

export type RestCallback = (error: unknown, body?: unknown) => void;

/** Whether it has the methods of the client. */
export function isClient(client: unknown): client is BigQueryClient {
  const { request, createQueryJob, job } = (client ?? {}) as Partial<BigQueryClient>;
  return [request, createQueryJob, job].every((method) => typeof method === "function");
}

/** The client with another transport. Its high-level methods then only build requests and read answers. */
export function withTransport(
  client: BigQueryClient,
  request: (options: RestRequest, callback: RestCallback) => void,
): BigQueryClient {
  return Object.create(client, { request: { value: request } }) as BigQueryClient;
}
