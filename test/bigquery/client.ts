import { BigQuery, type BigQueryOptions } from "@google-cloud/bigquery";
import { PassThroughClient } from "google-auth-library";

/** The genuine client, on the fake. */
export function genuineClient(
  url: string,
  projectId: string,
  options: Pick<BigQueryOptions, "autoRetry"> = { autoRetry: false },
): BigQuery {
  return new BigQuery({
    projectId,
    apiEndpoint: url,
    authClient: new PassThroughClient() as never,
    ...options,
  });
}
