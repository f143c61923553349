import { isDone } from "./project.mjs";

/** A job as jobs.get gives it. Numbers are strings, as they are in the real one. */
export function jobResource(job) {
  const { jobId, project, location, configuration, madeAt, endsAt, error, statementType = "SELECT" } = job;
  const done = isDone(job);
  const times = {
    creationTime: `${madeAt}`,
    startTime: `${madeAt}`,
    ...(done && { endTime: `${Math.round(endsAt)}` }),
  };
  const query = {
    statementType,
    totalBytesProcessed: "2048",
    totalBytesBilled: "10485760",
    totalSlotMs: "120",
    cacheHit: false,
  };
  return {
    kind: "bigquery#job",
    id: `${project}:${location}.${jobId}`,
    jobReference: { projectId: project, jobId, location },
    configuration: { jobType: "QUERY", ...configuration },
    statistics: { ...times, ...(done && { totalBytesProcessed: "2048", totalSlotMs: "120", query }) },
    status: {
      state: done ? "DONE" : "RUNNING",
      ...(done && error && { errorResult: error, errors: [error] }),
    },
  };
}

/** A page of jobs.getQueryResults; `rows` are all of them. */
export function resultsResource(job, rows, { maxResults, pageToken }) {
  const { jobId, project, location, pageRows, lastPage, incomplete } = job;
  const head = {
    kind: "bigquery#getQueryResultsResponse",
    jobReference: { projectId: project, jobId, location },
  };
  if (!isDone(job) || incomplete) return { ...head, jobComplete: false };
  const from = Number(pageToken ?? 0);
  const to = Math.min(rows.length, from + Math.min(Number(maxResults ?? 10_000), pageRows ?? Infinity));
  return {
    ...head,
    jobComplete: true,
    totalRows: `${rows.length}`,
    totalBytesProcessed: "2048",
    cacheHit: false,
    schema: { fields: Object.entries(rows[0] ?? { n: 1 }).map(fieldOf) },
    ...(rows.length > 0 && { rows: rows.slice(from, to).map(cellsOf) }),
    ...(to < rows.length && !lastPage && { pageToken: `${to}` }),
  };
}

const fieldOf = ([name, value]) => ({ name, type: typeOf(value), mode: "NULLABLE" });

function typeOf(value) {
  if (typeof value === "number") return Number.isInteger(value) ? "INTEGER" : "FLOAT";
  return typeof value === "boolean" ? "BOOLEAN" : "STRING";
}

const cellsOf = (row) => ({
  f: Object.values(row).map((value) => ({ v: value === null ? null : `${value}` })),
});
