"use strict";
const { draft, marked } = require("../../shared/modes/draft.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { emitText } = require("../conversation/answer.cjs");
const { emitInit, emitResult } = require("../conversation/conversation.cjs");

/** A turn made of what a scenario's reply says: tools, then text or structured output. */
async function scriptedAnswer(
  ctx,
  { text, moreTexts, structured, tools = [], stopReason, marker = true, result: more = {} },
) {
  await emitInit(ctx);
  ctx.moreTexts = moreTexts;
  for (const tool of tools) {
    const end = await callTool(ctx, tool);
    if (end !== undefined) return end;
  }
  const schema = ctx.flags["json-schema"];
  if (structured !== undefined || (text === undefined && schema !== undefined)) {
    const { structuredValue } = require("../../shared/modes/structured-value.cjs");
    const { structuredAnswer } = require("../conversation/structured.cjs");
    return structuredAnswer(ctx, structured ?? structuredValue(schema), more);
  }
  const plain = text ?? draft();
  const said = marker ? marked(ctx, plain) : plain;
  await emitText(ctx, said);
  const turns = tools.length + 1;
  const result = resultEvent(ctx, { result: said, turns, stopReason, usage: usageOf(ctx, said, turns) });
  return emitResult(ctx, { ...result, ...more });
}

/** Without an SDK no one can be asked, and the tool runs unless the scenario says otherwise. */
function callTool(ctx, tool) {
  if (ctx.host || tool.permission !== undefined) {
    return require("../conversation/run-tool.cjs").runTool(ctx, tool);
  }
  return require("../conversation/tools.cjs").emitToolRun(ctx, tool);
}

module.exports = { scriptedAnswer };
