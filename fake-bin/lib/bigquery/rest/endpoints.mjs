import { InvalidInput } from "./errors.mjs";

const PAGE = { maxResults: "integer", pageToken: "string" };
const LOCATION = { location: "string" };
const FORMAT = {
  "formatOptions.useInt64Timestamp": "boolean",
  "formatOptions.timestampOutputFormat": "string",
};
const VERSION = { accessPolicyVersion: "integer" };
const JOBS = "projects/{projectId}/jobs";
const DATASETS = "projects/{projectId}/datasets";
const DATASET = `${DATASETS}/{datasetId}`;
const TABLES = `${DATASET}/tables`;
const TABLE = `${TABLES}/{tableId}`;

/**
 * The endpoints of the fake. `name` is the fake's own, for faults and reports; the rest is what the REST interface
 * calls them: `id`, `method`, `path` below `bigquery/v2/`, the parameters of the query string, `body` where one is sent.
 */
export const ENDPOINTS = [
  { name: "insert", id: "jobs.insert", method: "POST", path: JOBS, body: "Job", takesUploads: true },
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
    path: `${TABLE}/data`,
    query: { ...PAGE, ...FORMAT, startIndex: "string", selectedFields: "string" },
  },
  {
    name: "table",
    id: "tables.get",
    method: "GET",
    path: TABLE,
    query: { selectedFields: "string", view: "string" },
  },
  { name: "tables", id: "tables.list", method: "GET", path: TABLES, query: PAGE },
  {
    name: "dataset",
    id: "datasets.get",
    method: "GET",
    path: DATASET,
    query: { accessPolicyVersion: "integer", datasetView: "string" },
  },
  {
    name: "datasets",
    id: "datasets.list",
    method: "GET",
    path: DATASETS,
    query: { ...PAGE, all: "boolean", filter: "string" },
  },
];

/**
 * Endpoints of the real one that the fake refuses. They are in the description of the interface, because a client
 * that is made from it breaks without them, and so its user would not read the refusal.
 */
export const REFUSED_ENDPOINTS = [
  { id: "projects.list", method: "GET", path: "projects", query: PAGE },
  { id: "projects.getServiceAccount", method: "GET", path: "projects/{projectId}/serviceAccount" },
  { id: "datasets.insert", method: "POST", path: DATASETS, body: "Dataset", query: VERSION },
  { id: "datasets.update", method: "PUT", path: DATASET, body: "Dataset", query: VERSION },
  { id: "datasets.patch", method: "PATCH", path: DATASET, body: "Dataset", query: VERSION },
  { id: "datasets.delete", method: "DELETE", path: DATASET, query: { deleteContents: "boolean" } },
  { id: "tables.insert", method: "POST", path: TABLES, body: "Table" },
  { id: "tables.update", method: "PUT", path: TABLE, body: "Table", query: { autodetect_schema: "boolean" } },
  {
    id: "tables.patch",
    method: "PATCH",
    path: TABLE,
    body: "Table",
    query: { autodetect_schema: "boolean" },
  },
  { id: "tables.delete", method: "DELETE", path: TABLE },
  {
    id: "tabledata.insertAll",
    method: "POST",
    path: `${TABLE}/insertAll`,
    body: "TableDataInsertAllRequest",
  },
  {
    id: "routines.list",
    method: "GET",
    path: `${DATASET}/routines`,
    query: { ...PAGE, filter: "string", readMask: "string" },
  },
  { id: "models.list", method: "GET", path: `${DATASET}/models`, query: PAGE },
];

const PATTERNS = ENDPOINTS.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^/${endpoint.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}));

/**
 * The endpoint of a request with the parts of its path, decoded, or undefined when there is none.
 *
 * @param path below `/bigquery/v2`
 * @throws InvalidInput
 */
export function endpointOf(method, path) {
  for (const { endpoint, pattern } of PATTERNS) {
    const match = endpoint.method === method ? pattern.exec(path) : null;
    if (match !== null) {
      const parts = Object.entries(match.groups).map(([name, part]) => [name, decoded(part)]);
      return { endpoint, parts: Object.fromEntries(parts) };
    }
  }
  return undefined;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InvalidInput("The path has a % that begins no character");
  }
}
