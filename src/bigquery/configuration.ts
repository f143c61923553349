import { createHash } from "node:crypto";
import { canonicalize } from "../ledger/key/canonical.ts";
import { withTransport, type BigQueryClient } from "./client.ts";

/** The configuration of a query job in the REST API (cloud.google.com/bigquery/docs/reference/rest/v2/Job). */
export interface QueryConfiguration {
  readonly query?: { readonly query?: string } & Readonly<Record<string, unknown>>;
  readonly jobTimeoutMs?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A body for jobs.insert. */
export interface JobInsert {
  readonly configuration: QueryConfiguration;
  readonly jobReference: { readonly projectId: string; readonly jobId: string; readonly location?: string };
}

/** The label of a job that hardcall started: a hash of its configuration, which the server returns unchanged. */
const LABEL = "hardcall_config";
/** A label has room for 63 characters. */
const HASH_DIGITS = 40;

/**
 * Lets the client build the request, with parameters and their types, and sends nothing.
 *
 * @throws the client's error for a parameter that it cannot convert
 */
export function writeInsert(client: BigQueryClient, options: Readonly<Record<string, unknown>>): JobInsert {
  let written: unknown;
  const recorder = withTransport(client, ({ json }) => {
    written = json;
  });
  // ast-grep-ignore: js-job-timeout, reason: this transport sends nothing
  recorder.createQueryJob(options as never, (() => undefined) as never);
  // As JSON, so that it is what goes over the wire, without the client's classes.
  const { configuration, jobReference } = JSON.parse(JSON.stringify(written)) as JobInsert;
  return { configuration: labelled(configuration), jobReference };
}

/** The part of a configuration that must be equal for two jobs to be the same: all but the server's time limit. */
export function identityOf({ jobTimeoutMs: _limit, labels, ...rest }: QueryConfiguration): object {
  const { [LABEL]: _ours, ...others } = labels ?? {};
  return { ...rest, labels: others };
}

/** Whether the existing job has the expected configuration. In doubt it counts as another job. */
export function isSameConfiguration(
  found: QueryConfiguration | undefined,
  expected: QueryConfiguration,
): boolean {
  const label = found?.labels?.[LABEL];
  return (
    found?.query?.query === expected.query?.query &&
    (label === undefined ? hasParameters(found, expected) : label === expected.labels?.[LABEL])
  );
}

/** For a job without the label: whether its query has the same parameters. */
function hasParameters(found: QueryConfiguration | undefined, expected: QueryConfiguration): boolean {
  const parameters = (of: QueryConfiguration | undefined) =>
    canonicalize(of?.query?.["queryParameters"] ?? []);
  return parameters(found) === parameters(expected);
}

function labelled(configuration: QueryConfiguration): QueryConfiguration {
  const hash = createHash("sha256")
    .update(canonicalize(identityOf(configuration)))
    .digest("hex");
  return { ...configuration, labels: { ...configuration.labels, [LABEL]: hash.slice(0, HASH_DIGITS) } };
}
