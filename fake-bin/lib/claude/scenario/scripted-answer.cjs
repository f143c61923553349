"use strict";
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { emitToolRun } = require("../conversation/tools.cjs");
const { draft, emitText, marked } = require("../conversation/answer.cjs");
const { emitInit, emitResult } = require("../conversation/conversation.cjs");

/** A turn made of what a scenario's reply says: tools, then text or structured output. */
async function scriptedAnswer(
  ctx,
  { text, structured, tools = [], stopReason, marker = true, result: more = {} },
) {
  await emitInit(ctx);
  for (const tool of tools) await emitToolRun(ctx, tool);
  const schema = ctx.flags["json-schema"];
  if (structured !== undefined || (text === undefined && schema !== undefined)) {
    const { structuredAnswer, structuredValue } = require("../conversation/structured.cjs");
    return structuredAnswer(ctx, structured ?? structuredValue(schema), more);
  }
  const plain = text ?? draft();
  const said = marker ? marked(ctx, plain) : plain;
  await emitText(ctx, said);
  const turns = tools.length + 1;
  const result = resultEvent(ctx, { result: said, turns, stopReason, usage: usageOf(ctx, said, turns) });
  return emitResult(ctx, { ...result, ...more });
}

module.exports = { scriptedAnswer };
