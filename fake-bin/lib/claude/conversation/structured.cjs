"use strict";
const { misused } = require("../runtime/refusal.cjs");
const { userEvent } = require("../events/messages.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { sampleValue } = require("../../shared/sample-value.cjs");
const { emitToolUse } = require("./tools.cjs");
const { emit, emitResult } = require("./conversation.cjs");

const PROVIDED = "Structured output provided successfully";

/** What the model answers to a schema: FAKE_CLAUDE_STRUCTURED, or a value made from the schema itself. */
function structuredValue(schemaText) {
  const { FAKE_CLAUDE_STRUCTURED } = process.env;
  if (!FAKE_CLAUDE_STRUCTURED) return sampleValue(JSON.parse(schemaText));
  try {
    return JSON.parse(FAKE_CLAUDE_STRUCTURED);
  } catch (error) {
    throw misused(`FAKE_CLAUDE_STRUCTURED is not valid JSON: ${error.message}`);
  }
}

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

/** A value that plainly breaks the schema. */
function violatingValue(schemaText) {
  const schema = schemaText === undefined ? {} : JSON.parse(schemaText);
  if (schema.required?.length > 0) return {};
  const [name, inner] = Object.entries(schema.properties ?? {})[0] ?? [];
  if (name !== undefined)
    return { [name]: inner?.type === "string" ? 12_345 : "not what the schema asks for" };
  return schema.type === "string" ? 12_345 : "not what the schema asks for";
}

module.exports = { structuredValue, structuredAnswer, violatingValue };
