"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { setting } = require("../../shared/runtime/program.cjs");
const { write } = require("../../shared/stdio.cjs");
const { printer } = require("../print/formats.cjs");
const { newStats } = require("../print/stats.cjs");
const { markersIn } = require("./prompt.cjs");

/** The real CLI calls its choice of a model "auto" until the API has answered. */
const NO_MODEL = "auto";
const DEFAULT_MODEL = "gemini-3.1-pro-preview";

/**
 * One prompt and its answer.
 *
 * @param flags of the command line
 * @param prompt as the model gets it
 */
function conversation(flags, prompt) {
  const { resume } = flags;
  const model = flags.model || NO_MODEL;
  const ctx = {
    flags,
    prompt,
    format: flags["output-format"] ?? "text",
    model,
    answeringModel: setting("MODEL_VERSION") ?? (model === NO_MODEL ? DEFAULT_MODEL : model),
    sessionId: flags["session-id"] ?? (resume === undefined || resume === "latest" ? uuid() : resume),
    markers: markersIn(prompt),
    stats: newStats(),
    write: writeIfRead,
  };
  ctx.out = printer(ctx);
  return ctx;
}

/** When the reader of stdout has gone, or the disk is full, the real CLI goes on and exits with 0. */
async function writeIfRead(chunk) {
  try {
    await write(1, chunk);
  } catch (error) {
    if (!["EPIPE", "EOF", "ENOSPC"].includes(error.code)) throw error;
  }
}

module.exports = { conversation };
