"use strict";
const { resultEvent, usageOf, userEvent } = require("./events.cjs");
const { emitToolUse } = require("./tools.cjs");
const { draft, emit, emitInit, emitResult, emitText, marked } = require("./turn.cjs");

/** A turn made of what a scenario's reply says: tools, then text or structured output. */
async function scriptedAnswer(ctx, { text, structured, tools = [], stopReason, result: more = {} }) {
  await emitInit(ctx);
  for (const tool of tools) await emitTool(ctx, tool);
  const schema = ctx.flags["json-schema"];
  if (structured !== undefined || (text === undefined && schema !== undefined)) {
    const { structuredAnswer, structuredValue } = require("./structured.cjs");
    return structuredAnswer(ctx, structured ?? structuredValue(schema), more);
  }
  const said = marked(ctx, text ?? draft());
  await emitText(ctx, said);
  const turns = tools.length + 1;
  const result = resultEvent(ctx, { result: said, turns, stopReason, usage: usageOf(ctx, said, turns) });
  return emitResult(ctx, { ...result, ...more });
}

async function emitTool(ctx, { name, input = {}, output = "", isError = false }) {
  const { id } = await emitToolUse(ctx, name, input);
  const decision = { decision: "accept", source: "config", reason_type: "rule" };
  await emit(
    ctx,
    userEvent(ctx, [{ tool_use_id: id, type: "tool_result", content: output, is_error: isError }], {
      tool_use_result: isError ? `Error: ${output}` : { stdout: output, stderr: "", interrupted: false },
      tool_result_meta: [{ id, permission_decision: decision }],
    }),
  );
}

module.exports = { scriptedAnswer };
