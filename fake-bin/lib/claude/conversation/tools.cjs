"use strict";
const { uuid } = require("../events/ids.cjs");
const { assistantEvent, userEvent } = require("../events/messages.cjs");
const { emit } = require("./conversation.cjs");

const toolId = () => `toolu_${uuid().replaceAll("-", "").slice(0, 24)}`;

/** Prints a tool call of the model. @returns its block. */
async function emitToolUse(ctx, name, input) {
  const block = { type: "tool_use", id: toolId(), name, input };
  if (ctx.partial) {
    const { emitPartialToolUse } = require("./partial-messages.cjs");
    await emitPartialToolUse(ctx, block);
  } else {
    await emit(ctx, assistantEvent(ctx, block));
  }
  return block;
}

/** Prints a tool call that ran, and what it gave back. Nothing is really run. */
async function emitToolRun(ctx, { name, input = {}, output = "", isError = false }) {
  const { id } = await emitToolUse(ctx, name, input);
  const ran = { stdout: output, stderr: "", interrupted: false, isImage: false, noOutputExpected: false };
  const decision = { decision: "accept", source: "config", reason_type: "rule" };
  await emit(
    ctx,
    userEvent(ctx, [{ tool_use_id: id, type: "tool_result", content: output, is_error: isError }], {
      tool_use_result: isError ? `Error: ${output}` : ran,
      tool_result_meta: [{ id, permission_decision: decision }],
    }),
  );
}

module.exports = { emitToolRun, emitToolUse };
