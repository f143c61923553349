const PAGE = { maxResults: "integer", pageToken: "string" };
const LOCATION = { location: "string" };
const FORMAT = {
  "formatOptions.useInt64Timestamp": "boolean",
  "formatOptions.timestampOutputFormat": "string",
};
const JOBS = "projects/{projectId}/jobs";
const TABLES = "projects/{projectId}/datasets/{datasetId}/tables";

/**
 * The endpoints of the fake. `name` is the fake's own, for faults and reports; the rest is what the REST interface
 * calls them: `id`, `method`, `path` below `bigquery/v2/`, the parameters of the query string, `body` where one is sent.
 */
export const ENDPOINTS = [
  { name: "insert", id: "jobs.insert", method: "POST", path: JOBS, body: "Job" },
  {
    name: "list",
    id: "jobs.list",
    method: "GET",
    path: JOBS,
    query: {
      ...PAGE,
      allUsers: "boolean",
      maxCreationTime: "string",
      minCreationTime: "string",
      parentJobId: "string",
      projection: "string",
      stateFilter: "strings",
    },
  },
  { name: "get", id: "jobs.get", method: "GET", path: `${JOBS}/{jobId}`, query: LOCATION },
  { name: "cancel", id: "jobs.cancel", method: "POST", path: `${JOBS}/{jobId}/cancel`, query: LOCATION },
  { name: "delete", id: "jobs.delete", method: "DELETE", path: `${JOBS}/{jobId}/delete`, query: LOCATION },
  {
    name: "results",
    id: "jobs.getQueryResults",
    method: "GET",
    path: "projects/{projectId}/queries/{jobId}",
    query: { ...PAGE, ...LOCATION, ...FORMAT, startIndex: "string", timeoutMs: "integer" },
  },
  {
    name: "query",
    id: "jobs.query",
    method: "POST",
    path: "projects/{projectId}/queries",
    body: "QueryRequest",
  },
  {
    name: "rows",
    id: "tabledata.list",
    method: "GET",
    path: `${TABLES}/{tableId}/data`,
    query: { ...PAGE, ...FORMAT, startIndex: "string", selectedFields: "string" },
  },
  {
    name: "table",
    id: "tables.get",
    method: "GET",
    path: `${TABLES}/{tableId}`,
    query: { selectedFields: "string", view: "string" },
  },
  { name: "tables", id: "tables.list", method: "GET", path: TABLES, query: PAGE },
  {
    name: "dataset",
    id: "datasets.get",
    method: "GET",
    path: "projects/{projectId}/datasets/{datasetId}",
    query: { accessPolicyVersion: "integer", datasetView: "string" },
  },
  {
    name: "datasets",
    id: "datasets.list",
    method: "GET",
    path: "projects/{projectId}/datasets",
    query: { ...PAGE, all: "boolean", filter: "string" },
  },
];

const PATTERNS = ENDPOINTS.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^/${endpoint.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}));

/**
 * The endpoint of a request with the parts of its path, decoded, or undefined when there is none.
 *
 * @param path below `/bigquery/v2`
 */
export function endpointOf(method, path) {
  for (const { endpoint, pattern } of PATTERNS) {
    const match = endpoint.method === method ? pattern.exec(path) : null;
    if (match !== null) {
      const parts = Object.entries(match.groups).map(([name, part]) => [name, decodeURIComponent(part)]);
      return { endpoint, parts: Object.fromEntries(parts) };
    }
  }
  return undefined;
}
