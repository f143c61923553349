"use strict";
const { join } = require("node:path");
const { draft, marked } = require("../../shared/modes/draft.cjs");
const { openScenario } = require("../../shared/scenario/scenario.cjs");
const { checkMode, loadMode } = require("../modes/index.cjs");
const { answer, answerText, start } = require("../turn/answer.cjs");
const { command, message, reasoning, refusedTool } = require("../turn/items.cjs");

/** A turn made of what a scenario's reply says: reasoning, tools and earlier messages, then the last message. */
async function scriptedAnswer(ctx, reply) {
  const { text, structured, tools = [], messages = [], marker = true } = reply;
  await start(ctx);
  if (reply.reasoning !== undefined) await reasoning(ctx, reply.reasoning);
  for (const earlier of messages) await message(ctx, earlier);
  for (const tool of tools) {
    ctx.rounds++;
    if (tool.refused === undefined) await command(ctx, { command: "true", ...tool });
    else await refusedTool(ctx, tool.refused);
  }
  if (structured !== undefined) return answer(ctx, JSON.stringify(structured));
  if (text === undefined && ctx.schema !== undefined) return answer(ctx, answerText(ctx));
  return answer(ctx, marker ? marked(ctx, text ?? draft()) : (text ?? draft()));
}

/** The behaviour that a scenario describes. */
const openCodexScenario = (path) =>
  openScenario(path, {
    schema: join(__dirname, "../../../codex/scenario.schema.json"),
    checkMode,
    loadMode,
    scriptedAnswer,
  });

module.exports = { openCodexScenario };
