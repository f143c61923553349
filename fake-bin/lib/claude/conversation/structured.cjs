"use strict";
const { structuredValue } = require("../../shared/modes/structured-value.cjs");
const { userEvent } = require("../events/messages.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { emitToolUse } = require("./tools.cjs");
const { emit, emitResult } = require("./conversation.cjs");

const PROVIDED = "Structured output provided successfully";

/** A turn that ends in a call of the StructuredOutput tool. The caller has printed `init` before. */
async function structuredAnswer(ctx, value = structuredValue(ctx.flags["json-schema"]), more = {}) {
  const { id } = await emitToolUse(ctx, "StructuredOutput", value);
  await emit(
    ctx,
    userEvent(ctx, [{ tool_use_id: id, type: "tool_result", content: PROVIDED }], {
      tool_use_result: PROVIDED,
      tool_result_meta: [{ id, permission_decision: { decision: "accept", source: "config" } }],
    }),
  );
  const text = JSON.stringify(value);
  const result = resultEvent(ctx, {
    stopReason: "tool_use",
    turns: 2,
    usage: usageOf(ctx, text),
    result: text,
    more: { structured_output: value },
  });
  return emitResult(ctx, { ...result, ...more });
}

module.exports = { structuredAnswer };
