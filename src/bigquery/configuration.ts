import { createHash } from "node:crypto";
import { canonicalize } from "../ledger/key/canonical.ts";
import { withTransport, type BigQueryClient } from "./client.ts";

/** The configuration of a query job, as REST has it (cloud.google.com/bigquery/docs/reference/rest/v2/Job). */
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

/** Names the label that a job of ours carries: a hash of what was asked for, which the server hands back as it was. */
const LABEL = "hardcall_config";
/** A label has room for 63 characters. */
const HASH_DIGITS = 40;

/**
 * Has the client itself write the request, parameters and their types included, and sends nothing.
 *
 * @throws whatever the client says of a parameter that it cannot convert
 */
export function writeInsert(client: BigQueryClient, options: Readonly<Record<string, unknown>>): JobInsert {
  let written: unknown;
  const recorder = withTransport(client, ({ json }) => {
    written = json;
  });
  recorder.createQueryJob(options as never, (() => undefined) as never);
  // As JSON: what goes over the wire, without the client's classes.
  const { configuration, jobReference } = JSON.parse(JSON.stringify(written)) as JobInsert;
  return { configuration: labelled(configuration), jobReference };
}

/** What makes two jobs the same one: all of it but the server's time limit, which is about how, not what. */
export function identityOf({ jobTimeoutMs: _limit, labels, ...rest }: QueryConfiguration): object {
  const { [LABEL]: _ours, ...others } = labels ?? {};
  return { ...rest, labels: others };
}

/** Whether the job that is there is the one that was meant. What cannot be told apart is taken for another. */
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

/** Of a job without our label, the text and the parameters are what decides its answer. */
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
