"use strict";
const { join } = require("node:path");
const { openScenario, readScenario } = require("../../shared/scenario/scenario.cjs");
const { play } = require("../api/play.cjs");
const { goodText, marked } = require("../conversation/answer.cjs");
const { checkMode, loadMode } = require("../modes/index.cjs");

/** A run made of what a reply says: tools, then text or JSON. */
function scriptedAnswer(ctx, { text, structured, tools = [], finishReason = "STOP", marker = true }) {
  const plain = structured === undefined ? text : JSON.stringify(structured);
  const said = plain === undefined ? goodText(ctx) : marker ? marked(ctx, plain) : plain;
  const calls = tools.map((tool) => ({ tools: [called(tool)] }));
  return play(ctx, [...calls, { say: [said], finish: finishReason }]);
}

const called = ({ name, input = {}, output = "", error }) => ({
  name,
  input,
  ...(error === undefined ? { output } : { error }),
});

/** What a scenario of this fake may hold, and how it answers. */
const kind = {
  schema: join(__dirname, "../../../gemini/scenario.schema.json"),
  checkMode,
  loadMode,
  scriptedAnswer,
};

/** Reads and checks a scenario. */
const readGeminiScenario = (path) => readScenario(path, kind);

/** The behaviour that a scenario describes. */
const openGeminiScenario = (path) => openScenario(path, kind);

module.exports = { openGeminiScenario, readGeminiScenario };
