import { createHash } from "node:crypto";
import { InvalidInput, notInTheFake, problem } from "../rest/errors.mjs";

const KINDS = ["query", "copy", "load", "extract"];
/** What jobs.query has at its top and a job has inside `configuration.query`. */
const OF_THE_QUERY = [
  "query",
  "useLegacySql",
  "defaultDataset",
  "parameterMode",
  "queryParameters",
  "useQueryCache",
  "maximumBytesBilled",
  "connectionProperties",
  "createSession",
];
const OF_THE_JOB = ["labels", "jobTimeoutMs", "dryRun"];

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The kind of a job, or the answer with which the fake refuses it: `{ kind }` or `{ refusal }`. */
export function kindOf(configuration) {
  const kinds = KINDS.filter((kind) => isObject(configuration?.[kind]));
  if (kinds.length !== 1) {
    const message = `Job configuration must contain exactly one of ${KINDS.join(", ")}, but there were ${kinds.length}`;
    return { refusal: problem(400, "invalid", message) };
  }
  const [kind] = kinds;
  if (kind === "load" || kind === "extract") return { refusal: notInTheFake(`${kind} jobs`) };
  const { query } = configuration.query ?? {};
  if (kind === "query" && (typeof query !== "string" || query === "")) {
    return { refusal: problem(400, "required", "Required parameter is missing: query") };
  }
  return { kind };
}

/** The configuration of the job that a request to jobs.query makes. */
export const configurationOf = (request) => ({
  ...picked(request, OF_THE_JOB),
  query: picked(request, OF_THE_QUERY),
});

const picked = (object, names) =>
  Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));

/** The table that a job writes to: BigQuery keeps the rows of a query without one in an anonymous table. */
export function destinationOf({ kind, configuration, jobId, project }) {
  const named = configuration[kind].destinationTable;
  if (named) return { projectId: project, ...named };
  const tableId = `anon_${createHash("sha256").update(jobId).digest("hex").slice(0, 32)}`;
  return { projectId: project, datasetId: "_fake_results", tableId };
}

export function sourcesOf({ copy }) {
  const sources = copy.sourceTables ?? [copy.sourceTable];
  if (
    !Array.isArray(sources) ||
    sources.some((source) => source?.tableId === undefined) ||
    !copy.destinationTable
  ) {
    throw new InvalidInput("A copy job needs sourceTable or sourceTables, and destinationTable");
  }
  return sources;
}
