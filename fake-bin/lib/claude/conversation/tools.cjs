// Tool calls of the model, and what they gave back. Nothing is really run, but for the tools of the SDK's own servers.
"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { assistantEvent, userEvent } = require("../events/messages.cjs");
const { emit } = require("./conversation.cjs");

const toolId = () => `toolu_${uuid().replaceAll("-", "").slice(0, 24)}`;

/** Prints a tool call of the model. @returns its block. */
async function emitToolUse(ctx, name, input, more = () => ({})) {
  const block = { type: "tool_use", id: toolId(), name, input };
  if (ctx.partial) {
    const { emitPartialToolUse } = require("./partial-messages.cjs");
    await emitPartialToolUse(ctx, block);
  } else {
    await emit(ctx, { ...assistantEvent(ctx, block), ...more(block) });
  }
  return block;
}

/** Prints a tool call that ran, and what it gave back. */
async function emitToolRun(ctx, { name, input = {}, output = "", isError = false }) {
  const { id } = await emitToolUse(ctx, name, input);
  const decision = { decision: "accept", source: "config", reason_type: "rule" };
  await emitToolResult(ctx, { id, output, isError, response: responseOf({ output }), decision });
}

/** What a tool returns to the CLI, in the form of Bash. */
const responseOf = ({ output, noOutputExpected = false }) => ({
  stdout: output,
  stderr: "",
  interrupted: false,
  isImage: false,
  noOutputExpected,
});

/**
 * Prints what a call gave back.
 *
 * @param output the text or blocks that the model sees
 * @param response what the CLI keeps of it
 * @param decision by what the call was allowed
 */
async function emitToolResult(ctx, { id, output, isError, response, decision, withFlag = true }) {
  const block = isError
    ? { type: "tool_result", content: output, is_error: true, tool_use_id: id }
    : { tool_use_id: id, type: "tool_result", content: output, ...(withFlag ? { is_error: false } : {}) };
  await emit(
    ctx,
    userEvent(ctx, [block], {
      tool_use_result: response,
      tool_result_meta: [{ id, permission_decision: decision }],
    }),
  );
}

/** Prints that a call did not run. `meta` says why, for programs; `kept` is what the CLI keeps of it. */
async function emitToolRefusal(ctx, { id, message, meta, kept = `Error: ${message}` }) {
  const block = { type: "tool_result", content: message, is_error: true, tool_use_id: id };
  await emit(
    ctx,
    userEvent(ctx, [block], { tool_use_result: kept, ...(meta && { tool_result_meta: [{ id, ...meta }] }) }),
  );
}

module.exports = { emitToolRefusal, emitToolResult, emitToolRun, emitToolUse, responseOf };
