/**
 * What is used of `BigQuery` from `@google-cloud/bigquery` 9. Structural, so that a program without that package still type-checks.
 */
export interface BigQueryClient {
  readonly projectId: string;
  request(options: never, callback: never): unknown;
  createQueryJob(options: never, callback: never): unknown;
  job(id: string, options?: never): unknown;
}

/** A request as the client's own transport takes it. */
export interface RestRequest {
  readonly method?: "GET" | "POST";
  readonly uri: string;
  readonly qs?: Readonly<Record<string, unknown>>;
  readonly json?: unknown;
}

export type RestCallback = (error: unknown, body?: unknown) => void;

/** Whether it can be called as the client is. */
export function isClient(client: unknown): client is BigQueryClient {
  const { request, createQueryJob, job } = (client ?? {}) as Partial<BigQueryClient>;
  return [request, createQueryJob, job].every((method) => typeof method === "function");
}

/** The client with another transport: its high-level methods then write requests and read answers, and send nothing themselves. */
export function withTransport(
  client: BigQueryClient,
  request: (options: RestRequest, callback: RestCallback) => void,
): BigQueryClient {
  return Object.create(client, { request: { value: request } }) as BigQueryClient;
}
