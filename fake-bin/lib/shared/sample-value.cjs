// A value that satisfies a JSON Schema, made from the schema alone. It knows the keywords that schemas of
// tool outputs use, and ignores the others (`pattern`, `not`, `multipleOf` beside bounds).
"use strict";
const MAX_DEPTH = 40;
const FILLER = "A sentence written to satisfy the schema it was asked for. ";

const FORMATS = {
  date: "2026-11-20",
  time: "09:30:00Z",
  "date-time": "2026-11-20T09:30:00Z",
  duration: "PT90S",
  email: "reader@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  url: "https://example.com/",
  "uri-reference": "/",
  uuid: "11111111-2222-4333-8444-555555555555",
};

/** @returns a value for the schema. */
function sampleValue(schema, root = schema, depth = 0) {
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return null;
  if ("$ref" in schema) return sampleValue(resolveRef(root, schema.$ref), root, depth + 1);
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const { allOf, anyOf, oneOf, ...rest } = schema;
  if (allOf) return sampleValue(merged([rest, ...allOf], root), root, depth + 1);
  const branches = anyOf ?? oneOf;
  if (branches) return sampleValue(merged([rest, firstBranch(branches)], root), root, depth + 1);
  if ("default" in schema) return schema.default;
  return byType(schema, root, depth);
}

/** `anyOf: [null, X]` is X: an optional part is shown rather than left out. */
const firstBranch = (branches) => branches.find((branch) => branch.type !== "null") ?? branches[0];

function byType(schema, root, depth) {
  const types = [schema.type ?? guessType(schema)].flat();
  switch (types.find((type) => type !== "null") ?? "null") {
    case "object":
      return objectFor(schema, root, depth);
    case "array":
      return arrayFor(schema, root, depth);
    case "string":
      return stringFor(schema);
    case "integer":
      return numberFor(schema, 1);
    case "number":
      return numberFor(schema, 0.5);
    case "boolean":
      return true;
    default:
      return null;
  }
}

function guessType(schema) {
  if (schema.properties || schema.required || schema.additionalProperties) return "object";
  if (schema.items || schema.prefixItems) return "array";
  if ("minimum" in schema || "maximum" in schema) return "number";
  return "string";
}

function objectFor(schema, root, depth) {
  const { properties = {}, required = [], additionalProperties } = schema;
  const value = {};
  for (const [name, inner] of Object.entries(properties)) {
    // Optional parts of a recursive schema must end somewhere.
    if (!required.includes(name) && depth > 8) continue;
    if (inner === false) continue;
    value[name] = sampleValue(inner, root, depth + 1);
  }
  for (const name of required) {
    if (!(name in value))
      value[name] = sampleValue(additionalProperties || { type: "string" }, root, depth + 1);
  }
  for (let i = Object.keys(value).length; i < (schema.minProperties ?? 0); i++) {
    value[`key${i}`] = sampleValue(additionalProperties || { type: "string" }, root, depth + 1);
  }
  return value;
}

function arrayFor(schema, root, depth) {
  const { prefixItems = [], items, minItems = 0, maxItems = Infinity, uniqueItems } = schema;
  const fixed = prefixItems.map((inner) => sampleValue(inner, root, depth + 1));
  const wanted = items === false ? 0 : Math.min(maxItems, Math.max(minItems, depth > 8 ? 0 : 1));
  while (fixed.length < wanted) {
    const item = sampleValue(items ?? { type: "string" }, root, depth + 1);
    fixed.push(uniqueItems ? distinct(item, items, fixed.length) : item);
  }
  return fixed;
}

/** The item, changed so that it differs from those before it. */
function distinct(item, schema, index) {
  if (schema?.enum) return schema.enum[index % schema.enum.length];
  if (typeof item === "number") return item + index;
  return typeof item === "string" && index > 0 ? `${item.slice(0, -1)}${index}` : item;
}

function stringFor({ format, minLength = 0, maxLength = Infinity }) {
  if (FORMATS[format]) return FORMATS[format];
  const wanted = Math.max(minLength, Math.min(24, maxLength));
  const text = FILLER.repeat(Math.ceil(wanted / FILLER.length) + 1);
  if (wanted <= FILLER.length && FILLER.trim().length <= maxLength) return FILLER.trim();
  // A string that ended in a blank could be too short once trimmed.
  return text.slice(0, wanted).replace(/\s$/, ".");
}

function numberFor(schema, step) {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const low =
    exclusiveMinimum === undefined ? minimum : Math.max(exclusiveMinimum + step, minimum ?? -Infinity);
  const high =
    exclusiveMaximum === undefined ? maximum : Math.min(exclusiveMaximum - step, maximum ?? Infinity);
  let value = step === 1 ? 1 : 1.5;
  if (low !== undefined && value < low) value = step === 1 ? Math.ceil(low) : low;
  if (high !== undefined && value > high) value = step === 1 ? Math.floor(high) : high;
  if (low !== undefined && value < low) value = (low + high) / 2;
  return multipleOf ? Math.ceil(value / multipleOf) * multipleOf : value;
}

function resolveRef(root, ref) {
  if (ref === "#") return root;
  const path = ref.replace(/^#\//, "").split("/");
  return path.reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], root);
}

/** Several schemas that must all hold, merged into one. */
function merged(schemas, root) {
  return schemas.reduce((all, one) => {
    const inner = one.$ref ? resolveRef(root, one.$ref) : one;
    return {
      ...all,
      ...inner,
      ...(all.properties || inner.properties
        ? { properties: { ...all.properties, ...inner.properties } }
        : {}),
      ...(all.required || inner.required
        ? { required: [...(all.required ?? []), ...(inner.required ?? [])] }
        : {}),
    };
  }, {});
}

module.exports = { sampleValue };
