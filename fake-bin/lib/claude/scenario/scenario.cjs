"use strict";
const { join } = require("node:path");
const { openScenario, readScenario } = require("../../shared/scenario/scenario.cjs");
const { checkMode, loadMode } = require("../modes/index.cjs");

/** What a scenario of this fake may hold, and how it answers. */
const kind = {
  schema: join(__dirname, "../../../scenario.schema.json"),
  checkMode,
  loadMode,
  scriptedAnswer: (ctx, reply) => require("./scripted-answer.cjs").scriptedAnswer(ctx, reply),
};

/** Reads and checks a scenario. */
const readClaudeScenario = (path) => readScenario(path, kind);

/** The behaviour that a scenario describes. */
const openClaudeScenario = (path) => openScenario(path, kind);

module.exports = { openClaudeScenario, readClaudeScenario };
