import { problem } from "../rest/errors.mjs";
import { kindOf } from "./configuration.mjs";

const ID = /^[\w-]{1,1024}$/;
const LABEL = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const LABEL_VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/**
 * The kind of the job that a request asks for, or the answer that refuses it before there is a job: `{ kind }` or
 * `{ refusal }`. A name that the fake took and the real one refuses would fail for the first time in production.
 */
export function checkJob(project, { jobReference, location = jobReference?.location }, configuration) {
  const found = kindOf(configuration);
  if (found.refusal !== undefined) return found;
  const wrong =
    referenceProblem(project, jobReference ?? {}, location) ??
    labelsProblem(configuration.labels ?? {}) ??
    limitProblem(configuration.jobTimeoutMs) ??
    destinationProblem(configuration[found.kind].destinationTable);
  return wrong === undefined ? found : { refusal: problem(400, "invalid", wrong) };
}

function referenceProblem({ name }, { jobId, projectId }, location) {
  // An empty text counts as one that was left out, as everywhere in Google's interfaces.
  if (jobId && !ID.test(typeof jobId === "string" ? jobId : "")) {
    return "Invalid jobId: it must be 1 to 1024 letters (a-z, A-Z), digits, underscores or dashes";
  }
  if (projectId && projectId !== name) {
    return `The jobReference names project ${projectId}, and the request is for project ${name}`;
  }
  return location && typeof location !== "string" ? "Invalid location: it must be text" : undefined;
}

function labelsProblem(labels) {
  if (Object.keys(labels).length > 64) return "Invalid labels: a job has 64 at most";
  for (const [key, value] of Object.entries(labels)) {
    if (!LABEL.test(key) || typeof value !== "string" || !LABEL_VALUE.test(value)) {
      return `Invalid label '${key}': keys and values are 63 lowercase letters, digits, underscores or dashes at most, and a key begins with a letter`;
    }
  }
  return undefined;
}

const limitProblem = (limit) =>
  /^-?\d+$/.test(limit ?? "0") ? undefined : "Invalid value for jobTimeoutMs: it must be a whole number";

function destinationProblem(table) {
  if (!table) return undefined;
  const isWhole = [table.datasetId, table.tableId].every((part) => typeof part === "string" && part !== "");
  return isWhole ? undefined : "Invalid destinationTable: it must have a datasetId and a tableId";
}
