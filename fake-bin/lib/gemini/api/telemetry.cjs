"use strict";
const { appendFileSync } = require("node:fs");

/** What the real CLI calls the finish reasons of the API in its telemetry. Anything else, and none, is "stop" there. */
const REASONS = {
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  MALFORMED_FUNCTION_CALL: "error",
};

/** The file of GEMINI_TELEMETRY_OUTFILE gets a record, if the environment asks for local telemetry, as from the real CLI. */
function record(name, more) {
  const { GEMINI_TELEMETRY_ENABLED, GEMINI_TELEMETRY_TARGET, GEMINI_TELEMETRY_OUTFILE } = process.env;
  if (!/^(true|1)$/.test(GEMINI_TELEMETRY_ENABLED ?? "") || GEMINI_TELEMETRY_TARGET !== "local") return;
  if (!GEMINI_TELEMETRY_OUTFILE) return;
  const attributes = {
    "event.name": `gemini_cli.${name}`,
    "event.timestamp": new Date().toISOString(),
    ...more,
  };
  appendFileSync(GEMINI_TELEMETRY_OUTFILE, `${JSON.stringify({ attributes }, null, 2)}\n`);
}

/** The model has answered. Requests that the CLI makes for itself have another role than "main". */
const recordAnswer = ({ finish }) =>
  record("api_response", { finish_reasons: [REASONS[finish] ?? "stop"], role: "main" });

/** The CLI asks once more, as it did not accept the answer. */
const recordRetry = ({ code }) => record("chat.content_retry", { error_type: code });

module.exports = { recordAnswer, recordRetry };
