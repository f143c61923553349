"use strict";
const { writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { setting } = require("../../shared/runtime/program.cjs");

/**
 * The file in which the real CLI leaves the conversation after an error of the API, readable for all users. The fake names it, and
 * writes it with FAKE_GEMINI_REPORTS=1 only, so that tests leave no files behind.
 */
function errorReport(ctx, message) {
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const path = join(tmpdir(), `gemini-client-error-Turn.run-sendMessageStream-${time}.json`);
  if (setting("REPORTS") === "1") {
    const context = [{ role: "user", parts: [{ text: ctx.prompt }] }];
    writeFileSync(path, JSON.stringify({ error: { message }, context }, null, 2), { mode: 0o644 });
  }
  return path;
}

module.exports = { errorReport };
