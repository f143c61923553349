// The events between `init` and `result`, with the keys, types and order that 2.1.329 prints.
"use strict";
const { hex, uuid } = require("../../shared/ids.cjs");
const { messageIds } = require("./result.cjs");
const { usageOf } = require("./usage.cjs");

const requestId = () => `req_${hex(24)}`;
const messageId = () => `msg_${hex(24)}`;

const place = (ctx) => ({
  parent_tool_use_id: null,
  session_id: ctx.sessionId,
  uuid: uuid(),
  timestamp: new Date().toISOString(),
});

function systemEvent(ctx, subtype, more) {
  return { type: "system", subtype, ...more, session_id: ctx.sessionId, uuid: uuid() };
}

/** A message of the model: one content block per event, as the real CLI prints it. */
function assistantEvent(ctx, block, id = messageId()) {
  return {
    type: "assistant",
    message: {
      id,
      type: "message",
      role: "assistant",
      model: ctx.model,
      content: [block],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: usageOf(ctx, "").input, output_tokens: 1 },
      context_management: null,
    },
    ...place(ctx),
    request_id: requestId(),
    ...messageIds(ctx),
  };
}

/** A message in the name of the user: what a tool gave back, or what the CLI says to the model by itself. */
function userEvent(ctx, content, more = {}) {
  return { type: "user", message: { role: "user", content }, ...place(ctx), ...more };
}

module.exports = { assistantEvent, messageId, requestId, systemEvent, userEvent };
