import { ENDPOINTS } from "./endpoints.mjs";

const ANY_OBJECT = { type: "object", additionalProperties: { type: "any" } };

/** The description of the REST interface from which `bq` and Python's googleapiclient make their methods. */
export function discoveryDocument(url) {
  const resources = {};
  for (const endpoint of ENDPOINTS) {
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
    schemas: {
      Job: { id: "Job", ...ANY_OBJECT },
      QueryRequest: { id: "QueryRequest", ...ANY_OBJECT },
      Answer: { id: "Answer", ...ANY_OBJECT },
    },
    resources,
  };
}

function methodOf({ id, method, path, query = {}, body }) {
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
    response: { $ref: "Answer" },
  };
}

const parameter = (type) =>
  type === "strings" ? { type: "string", location: "query", repeated: true } : { type, location: "query" };
