// What is wrong with an input that a program put in place of the model's, in the genuine CLI's words.
"use strict";

const SCHEMAS = {
  Bash: { required: ["command"], types: { command: "string", description: "string", timeout: "number" } },
  Edit: {
    required: ["file_path", "old_string", "new_string"],
    types: { file_path: "string", old_string: "string", new_string: "string" },
  },
  Read: { required: ["file_path"], types: { file_path: "string", offset: "number", limit: "number" } },
  Write: { required: ["file_path", "content"], types: { file_path: "string", content: "string" } },
};

/** @returns the sentence, or undefined if the tool can take the input or has a schema that the fake does not know */
function issuesOf(name, input) {
  if (!Object.hasOwn(SCHEMAS, name)) return undefined;
  const { required, types } = SCHEMAS[name];
  const issues = [
    ...required
      .filter((key) => input[key] === undefined)
      .map((key) => `The required parameter \`${key}\` is missing`),
    ...Object.keys(types)
      .filter((key) => input[key] !== undefined && typeof input[key] !== types[key])
      .map(
        (key) =>
          `The parameter \`${key}\` type is expected as \`${types[key]}\` but provided as \`${typeOf(input[key])}\``,
      ),
  ];
  if (issues.length === 0) return undefined;
  return `${name} failed due to the following issue${issues.length === 1 ? "" : "s"}:\n${issues.join("\n")}`;
}

const typeOf = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

module.exports = { issuesOf };
