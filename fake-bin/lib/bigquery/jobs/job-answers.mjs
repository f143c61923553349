import { InvalidInput, problem } from "../rest/errors.mjs";
import { checkJob } from "./check-job.mjs";
import { sourcesOf } from "./configuration.mjs";
import { isDone } from "./project.mjs";
import { dryRunAnswer, dryRunResource, jobInList, jobResource, resultsResource } from "./resources.mjs";
import { tableOf, noTable } from "./tables.mjs";

const DEFAULT_WAIT_MS = 10_000;
const MOST_JOBS = 1000;

/** The answers of the endpoints that concern jobs; each gets the project and what was asked. */
export const JOB_ANSWERS = {
  insert(project, { jobId, configuration, body }) {
    const location = body.jobReference?.location || undefined;
    const { kind, refusal } = checkJob(project, body, configuration);
    if (refusal !== undefined) return refusal;
    let output;
    if (kind === "copy") {
      const sources = sourcesOf(configuration).map((source) => ({ source, table: tableOf(project, source) }));
      const missing = sources.find(({ table }) => table === undefined);
      if (missing !== undefined) return noTable(project, missing.source);
      output = { fields: sources[0].table.fields, rows: sources.flatMap(({ table }) => table.rows) };
    }
    if (configuration.dryRun) {
      return dryRun(project, (fields) =>
        dryRunResource({ project: project.name, location, kind, configuration, fields }),
      );
    }
    const job = project.create(jobId, { kind, configuration, location, output });
    return job === undefined ? taken(project, jobId, location) : ok(jobResource(job));
  },
  get: (project, asked) => withJob(project, asked, (job) => ok(jobResource(job))),
  cancel: (project, asked) =>
    withJob(project, asked, (job) => {
      project.cancel(job);
      return ok({ kind: "bigquery#jobCancelResponse", job: jobResource(job) });
    }),
  delete: (project, asked) =>
    withJob(project, asked, (job) => {
      if (!isDone(job))
        return problem(400, "invalid", `Job ${job.jobId} is running; only a job that is done can be deleted`);
      project.delete(job);
      return { status: 204 };
    }),
  results: (project, asked) =>
    withJob(project, asked, (job) => {
      if (job.kind !== "query")
        return problem(400, "invalid", `Job ${job.jobId} is no query: it has no results`);
      return results(job, "bigquery#getQueryResultsResponse", asked.query);
    }),
  query(project, { jobId, configuration, body }) {
    const { refusal } = checkJob(project, body, configuration);
    if (refusal !== undefined) return refusal;
    const { location, timeoutMs, maxResults, formatOptions } = body;
    if (configuration.dryRun) {
      return dryRun(project, (fields) => dryRunAnswer({ project: project.name, location, fields }));
    }
    const job =
      project.create(jobId, { kind: "query", configuration, location }) ?? project.job(jobId, location);
    if (job === undefined) return taken(project, jobId, location);
    return results(job, "bigquery#queryResponse", { timeoutMs, maxResults, format: formatOptions });
  },
  list(project, { query }) {
    const { stateFilter = [], minCreationTime = 0, maxCreationTime = Infinity, parentJobId } = query;
    // No job of the fake is the child of another.
    const jobs = parentJobId ? [] : project.list();
    const found = jobs.filter(
      (job) =>
        (stateFilter.length === 0 || stateFilter.includes(isDone(job) ? "done" : "running")) &&
        job.madeAt >= Number(minCreationTime) &&
        job.madeAt <= Number(maxCreationTime),
    );
    const { page, nextPageToken } = pageOfList(found, query);
    const shown = page.map((job) => jobInList(job, query));
    return ok({ kind: "bigquery#jobList", ...(shown.length > 0 && { jobs: shown }), nextPageToken });
  },
};

export const ok = (body) => ({ status: 200, body });

/** A page of any list. */
export function pageOfList(all, { maxResults, pageToken }) {
  const from = Number(pageToken || 0);
  const most = Number(maxResults || MOST_JOBS);
  if (!(from >= 0 && most > 0)) throw new InvalidInput("Invalid value for maxResults or pageToken");
  const to = from + most;
  return { page: all.slice(from, to), nextPageToken: to < all.length ? `${to}` : undefined };
}

function withJob(project, { jobId, query: { location } }, answer) {
  const job = project.job(jobId, location);
  if (job !== undefined) return answer(job);
  const where = location ? `${location}.` : "";
  return problem(404, "notFound", `Not found: Job ${project.name}:${where}${jobId}`);
}

const taken = (project, jobId, location = "US") =>
  problem(409, "duplicate", `Already Exists: Job ${project.name}:${location}.${jobId}`);

/** A dry run of a query that would fail fails too; any other says what it would read. */
function dryRun(project, body) {
  const { error } = project.shape("");
  if (error !== undefined) return problem(400, error.reason, error.message);
  return ok(body(project.table.fields));
}

/** Holds the request until the job is done, or the client has waited long enough. */
async function results(job, kind, { timeoutMs, ...page }) {
  // `timeoutMs` is text when it comes from a query string.
  const until = Date.now() + Number(timeoutMs ?? DEFAULT_WAIT_MS);
  while (!isDone(job) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  if (isDone(job) && job.error !== undefined) return problem(400, job.error.reason, job.error.message);
  return ok(resultsResource(job, kind, page));
}
