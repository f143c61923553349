import { pageOf } from "../rows/page.mjs";
import { isDone } from "./project.mjs";

const BYTES = "2048";

/** A job as jobs.get gives it. Numbers are strings, as they are in the real one. */
export function jobResource(job) {
  const { jobId, project, location, error } = job;
  const done = isDone(job);
  return {
    kind: "bigquery#job",
    id: `${project}:${location}.${jobId}`,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/jobs/${jobId}?location=${location}`,
    user_email: "fake@example.com",
    jobReference: { projectId: project, jobId, location },
    configuration: configurationResource(job),
    statistics: statistics(job),
    status: {
      state: done ? "DONE" : "RUNNING",
      ...(done && error && { errorResult: error, errors: [error] }),
    },
  };
}

/** A job as jobs.list gives it. */
export function jobInList(job, { projection }) {
  const { status, user_email, selfLink: _, ...minimal } = jobResource(job);
  const { state, errorResult } = status;
  return {
    ...minimal,
    state,
    ...(errorResult && { errorResult }),
    ...(projection?.toLowerCase() === "full" && { status, user_email }),
  };
}

function configurationResource({ kind, configuration, destination }) {
  return {
    jobType: kind.toUpperCase(),
    ...configuration,
    [kind]: { ...configuration[kind], destinationTable: destination },
  };
}

function statistics(job) {
  const { kind, madeAt, endsAt, statementType = "SELECT" } = job;
  const times = { creationTime: `${madeAt}`, startTime: `${madeAt}` };
  if (!isDone(job)) return times;
  const query = {
    statementType,
    totalBytesProcessed: BYTES,
    totalBytesBilled: "10485760",
    totalSlotMs: "120",
    cacheHit: false,
  };
  return {
    ...times,
    endTime: `${Math.round(endsAt)}`,
    totalBytesProcessed: BYTES,
    totalSlotMs: "120",
    ...(kind === "query" ? { query } : { copy: { copiedRows: `${job.output.rows.length}` } }),
  };
}

/** What a dry run says of a job: how much it would read, and the fields of its rows. It has no id, as it is no job. */
export function dryRunResource({ project, location = "US", kind, configuration, fields }) {
  const query = {
    statementType: "SELECT",
    totalBytesProcessed: BYTES,
    totalBytesProcessedAccuracy: "PRECISE",
    totalBytesBilled: "0",
    cacheHit: false,
    schema: { fields },
  };
  return {
    kind: "bigquery#job",
    id: `${project}:${location}.`,
    jobReference: { projectId: project, location },
    configuration: { jobType: kind.toUpperCase(), ...configuration },
    statistics: {
      creationTime: `${Date.now()}`,
      totalBytesProcessed: BYTES,
      ...(kind === "query" && { query }),
    },
    status: { state: "DONE" },
  };
}

/** The same as an answer of jobs.query. */
export const dryRunAnswer = ({ project, location = "US", fields }) => ({
  kind: "bigquery#queryResponse",
  jobReference: { projectId: project, location },
  jobComplete: true,
  totalBytesProcessed: BYTES,
  cacheHit: false,
  schema: { fields },
});

/** A page of the rows of a job, as jobs.getQueryResults and jobs.query give it. */
export function resultsResource(job, kind, asked) {
  const { jobId, project, location, pageRows, lastPage, incomplete, output } = job;
  const head = { kind, jobReference: { projectId: project, jobId, location } };
  if (!isDone(job) || incomplete) return { ...head, jobComplete: false };
  return {
    ...head,
    jobComplete: true,
    totalRows: `${output.rows.length}`,
    totalBytesProcessed: BYTES,
    cacheHit: false,
    schema: { fields: output.fields },
    ...pageOf(output, { ...asked, pageRows, lastPage }),
  };
}
