// What the model of a fake answers to a JSON Schema.
"use strict";
const { misused, setting, variable } = require("../runtime/program.cjs");
const { sampleValue } = require("../sample-value.cjs");

/** FAKE_<CLI>_STRUCTURED, or a value made from the schema itself. */
function structuredValue(schemaText) {
  const given = setting("STRUCTURED");
  if (given === undefined) return sampleValue(JSON.parse(schemaText));
  try {
    return JSON.parse(given);
  } catch (error) {
    throw misused(`${variable("STRUCTURED")} is not valid JSON: ${error.message}`);
  }
}

/** A value that plainly breaks the schema. */
function violatingValue(schemaText) {
  const schema = schemaText === undefined ? {} : JSON.parse(schemaText);
  if (schema.required?.length > 0) return {};
  const [name, inner] = Object.entries(schema.properties ?? {})[0] ?? [];
  if (name !== undefined)
    return { [name]: inner?.type === "string" ? 12_345 : "not what the schema asks for" };
  return schema.type === "string" ? 12_345 : "not what the schema asks for";
}

module.exports = { structuredValue, violatingValue };
