// What the real API refuses of the JSON Schema of a strict answer: far more than JSON Schema itself does.
import { firstOf, isObject } from "../shared/checks.mjs";

/** The first problem, or undefined. */
export function schemaProblem(schema) {
  if (schema.type !== "object") {
    const type = schema.type === undefined ? "None" : schema.type;
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'.`;
  }
  return problemAt(schema, []);
}

function problemAt(schema, path) {
  if (!isObject(schema)) return undefined;
  return (
    objectProblem(schema, path) ??
    firstOf(childrenOf(schema), ([child, ...steps]) => problemAt(child, [...path, ...steps]))
  );
}

function objectProblem({ type, properties, required, additionalProperties }, path) {
  const isObjectType = type === "object" || (Array.isArray(type) && type.includes("object"));
  if (!isObjectType) return undefined;
  const context = `In context=(${path.map((step) => `'${step}'`).join(", ")}${path.length === 1 ? "," : ""})`;
  if (additionalProperties !== false) {
    return `${context}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const missing = Object.keys(properties ?? {}).find((name) => !(required ?? []).includes(name));
  if (missing === undefined) return undefined;
  return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

/** The schemas inside a schema, each with the steps that lead to it. */
function childrenOf({ properties = {}, items, anyOf = [], $defs = {} }) {
  return [
    ...Object.entries(properties).map(([name, child]) => [child, "properties", name]),
    ...(items === undefined ? [] : [[items, "items"]]),
    ...anyOf.map((child, n) => [child, "anyOf", String(n)]),
    ...Object.entries($defs).map(([name, child]) => [child, "$defs", name]),
  ];
}
