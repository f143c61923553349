"use strict";
const { Refusal } = require("../../shared/runtime/program.cjs");

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"];

/**
 * Throws what the real CLI says of a `--json-schema` that is no JSON, no object or no schema.
 *
 * @returns false for a schema with a bad type, which is ignored
 */
function checkSchemaFlag(text, { ignoresBadType }) {
  let schema;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw new Refusal(
      `Error: --json-schema is not valid JSON: JSON Parse error: ${parseProblem(text, error)}`,
    );
  }
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    throw new Refusal("Error: --json-schema must be a JSON object");
  }
  const path = badType(schema, "data");
  if (path && ignoresBadType) return false;
  if (path) {
    const said = [
      "must be equal to one of the allowed values",
      "must be array",
      "must match a schema in anyOf",
    ];
    throw new Refusal(
      `Error: --json-schema is not a valid JSON Schema: ${said.map((what) => `${path}/type ${what}`).join(", ")}`,
    );
  }
  return true;
}

/** The words of the real CLI's JavaScript engine for two common mistakes; the others get Node's words. */
function parseProblem(text, error) {
  if (text.trim() === "") return "Unexpected EOF";
  return /^\s*\{\s*(?![\s"}])/.test(text) ? "Expected '}'" : error.message;
}

function badType(schema, path) {
  if (schema === null || typeof schema !== "object") return undefined;
  if (typeof schema.type === "string" && !TYPES.includes(schema.type)) return path;
  for (const group of ["properties", "$defs", "definitions"]) {
    for (const [name, inner] of Object.entries(schema[group] ?? {})) {
      const found = badType(inner, `${path}/${group}/${name}`);
      if (found) return found;
    }
  }
  return schema.items ? badType(schema.items, `${path}/items`) : undefined;
}

module.exports = { checkSchemaFlag };
