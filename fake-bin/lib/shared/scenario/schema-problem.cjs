"use strict";

const TYPE_WORDS = {
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  object: "an object",
  string: "a string",
};

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const hasType = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  number: (value) => typeof value === "number" && Number.isFinite(value),
  object: isObject,
  string: (value) => typeof value === "string",
};

/**
 * What is wrong with a value, in words that name the place, such as `replies[2].delayMs must be a number`;
 * undefined when nothing is. It reads the part of JSON Schema that scenario.schema.json uses.
 */
function schemaProblem(value, schema, root = schema, path = "") {
  if (schema.$ref) {
    const name = schema.$ref.replace("#/$defs/", "");
    return schemaProblem(value, { ...root.$defs[name], ...schema, $ref: undefined }, root, path);
  }
  const at = path || "the file";
  if (schema.type && !hasType[schema.type](value)) return `${at} must be ${TYPE_WORDS[schema.type]}`;
  if (schema.enum && !schema.enum.includes(value)) return `${at} must be one of ${schema.enum.join(", ")}`;
  if (schema.minimum !== undefined && value < schema.minimum)
    return `${at} must be at least ${schema.minimum}`;
  if (schema.maximum !== undefined && value > schema.maximum)
    return `${at} must be at most ${schema.maximum}`;
  if (schema.minLength !== undefined && value.length < schema.minLength) return `${at} must not be empty`;
  if (schema.minItems !== undefined && value.length < schema.minItems) return `${at} must not be empty`;
  if (Array.isArray(value) && schema.items) return listProblem(value, schema.items, root, path);
  if (isObject(value) && schema.properties) return objectProblem(value, schema, root, path);
  return undefined;
}

function listProblem(list, items, root, path) {
  for (const [index, item] of list.entries()) {
    const problem = schemaProblem(item, items, root, `${path}[${index}]`);
    if (problem) return problem;
  }
  return undefined;
}

function objectProblem(object, { properties, required = [], additionalProperties }, root, path) {
  const within = (name) => (path ? `${path}.${name}` : name);
  for (const name of required) {
    if (!Object.hasOwn(object, name)) return `${within(name)} is missing`;
  }
  for (const [name, value] of Object.entries(object)) {
    const known = Object.hasOwn(properties, name);
    if (!known && additionalProperties === false) {
      return `${within(name)} is not known here (known: ${Object.keys(properties).join(", ")})`;
    }
    const problem = known && schemaProblem(value, properties[name], root, within(name));
    if (problem) return problem;
  }
  return undefined;
}

module.exports = { schemaProblem };
