"use strict";
const { resultEvent, usageOf } = require("./events.cjs");
const { emitToolRun } = require("./tools.cjs");
const { draft, emitInit, emitResult, emitText, marked } = require("./turn.cjs");

/** A turn made of what a scenario's reply says: tools, then text or structured output. */
async function scriptedAnswer(
  ctx,
  { text, structured, tools = [], stopReason, marker = true, result: more = {} },
) {
  await emitInit(ctx);
  for (const tool of tools) await emitToolRun(ctx, tool);
  const schema = ctx.flags["json-schema"];
  if (structured !== undefined || (text === undefined && schema !== undefined)) {
    const { structuredAnswer, structuredValue } = require("./structured.cjs");
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
