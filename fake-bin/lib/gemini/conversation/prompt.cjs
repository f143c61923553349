// What a prompt asks for besides an answer.
"use strict";

const MARKER = /HARDCALL-([A-Z]+)-[0-9a-f]{8,}/g;

/** The one-time lines that the last paragraph asks for: `{ first, last }`, each may be missing. */
function markersIn(prompt) {
  const lastParagraph = prompt
    .trimEnd()
    .split(/\n\s*\n/)
    .at(-1);
  const markers = {};
  for (const [text, place] of lastParagraph.matchAll(MARKER))
    markers[place === "END" ? "last" : "first"] = text;
  return markers;
}

const isSchema = (value) =>
  value !== null &&
  typeof value === "object" &&
  ["type", "properties", "anyOf", "oneOf", "enum", "$ref"].some((key) => Object.hasOwn(value, key));

/** The last JSON Schema in the prompt, as text: a line of its own, or a fenced block. gemini has no option for a schema. */
function schemaIn(prompt) {
  if (!prompt.includes("{")) return undefined;
  const fenced = [...prompt.matchAll(/```\w*\n(.*?)```/gs)].map(([, inside]) => inside);
  const lines = prompt.split("\n").filter((line) => line.startsWith("{"));
  return [...lines, ...fenced].findLast((text) => {
    try {
      return isSchema(JSON.parse(text));
    } catch {
      // Not JSON: prose, or the beginning of an object of several lines.
      return false;
    }
  });
}

module.exports = { markersIn, schemaIn };
