import { ENDPOINTS, REFUSED_ENDPOINTS } from "./endpoints.mjs";

const ANY_OBJECT = { type: "object", additionalProperties: { type: "any" } };

const ANSWER = "Answer";
const SCHEMAS = ["Job", "QueryRequest", "Dataset", "Table", "TableDataInsertAllRequest", ANSWER];

/** The description of the REST interface from which `bq` and Python's googleapiclient make their methods. */
export function discoveryDocument(url) {
  const resources = {};
  for (const endpoint of [...ENDPOINTS, ...REFUSED_ENDPOINTS]) {
    const [resource, method] = endpoint.id.split(".");
    resources[resource] ??= { methods: {} };
    resources[resource].methods[method] = methodOf(endpoint);
  }
  return {
    kind: "discovery#restDescription",
    discoveryVersion: "v1",
    id: "bigquery:v2",
    name: "bigquery",
    version: "v2",
    title: "hardcall's fake BigQuery",
    protocol: "rest",
    rootUrl: `${url}/`,
    basePath: "/bigquery/v2/",
    servicePath: "bigquery/v2/",
    baseUrl: `${url}/bigquery/v2/`,
    batchPath: "batch/bigquery/v2",
    parameters: {
      alt: parameter("string"),
      fields: parameter("string"),
      key: parameter("string"),
      prettyPrint: parameter("boolean"),
      quotaUser: parameter("string"),
    },
    schemas: Object.fromEntries(SCHEMAS.map((name) => [name, { id: name, ...ANY_OBJECT }])),
    resources,
  };
}

function methodOf({ id, method, path, query = {}, body, takesUploads }) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const parameters = Object.fromEntries([
    ...inPath.map((name) => [name, { type: "string", location: "path", required: true }]),
    ...Object.entries(query).map(([name, type]) => [name, parameter(type)]),
  ]);
  return {
    id: `bigquery.${id}`,
    httpMethod: method,
    path: path.replaceAll("{", "{+"),
    flatPath: path,
    parameters,
    parameterOrder: inPath,
    ...(body !== undefined && { request: { $ref: body } }),
    response: { $ref: ANSWER },
    ...(takesUploads && { supportsMediaUpload: true, mediaUpload: uploadOf(path) }),
  };
}

/** The fake refuses uploads as well, but `bq` makes all its jobs with a method that could upload. */
const uploadOf = (path) => {
  const way = { multipart: true, path: `/upload/bigquery/v2/${path.replaceAll("{", "{+")}` };
  return { accept: ["*/*"], protocols: { simple: way, resumable: way } };
};

const parameter = (type) =>
  type === "strings" ? { type: "string", location: "query", repeated: true } : { type, location: "query" };
