"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { assistantEvent, messageId, systemEvent } = require("../events/messages.cjs");
const { usageOf } = require("../events/usage.cjs");
const { emit } = require("./conversation.cjs");

const PIECE_CHARACTERS = 400;

function streamEvent(ctx, id, event, more = {}) {
  const { sessionId: session_id } = ctx;
  const where = { session_id, parent_tool_use_id: null, uuid: uuid() };
  return { type: "stream_event", event, ...where, ...more, api_message_id: id };
}

/** The text as `--include-partial-messages` shows it: the raw events of the API round the whole message. */
async function emitPartialText(ctx, text) {
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${PIECE_CHARACTERS}}`, "gu")) ?? [];
  const deltas = pieces.map((piece) => ({ type: "text_delta", text: piece }));
  await emitPartialBlock(ctx, { type: "text", text: "" }, deltas, { type: "text", text }, "end_turn");
}

/** A tool call, shown the same way. */
async function emitPartialToolUse(ctx, block) {
  const deltas = [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
  await emitPartialBlock(ctx, { ...block, input: {} }, deltas, block, "tool_use");
}

/** The beginning of a text whose end never comes. */
async function emitHalfText(ctx, text) {
  await emitOpening(ctx, messageId(), { type: "text", text: "" }, [{ type: "text_delta", text }]);
}

async function emitPartialBlock(ctx, opening, deltas, block, stopReason) {
  const id = messageId();
  const show = (event) => emit(ctx, streamEvent(ctx, id, event));
  await emitOpening(ctx, id, opening, deltas);
  await emit(ctx, assistantEvent(ctx, block, id));
  await show({ type: "content_block_stop", index: 0 });
  const delta = { stop_reason: stopReason, stop_sequence: null };
  const { output } = usageOf(ctx, JSON.stringify(deltas));
  await show({ type: "message_delta", delta, usage: { output_tokens: output } });
  await show({ type: "message_stop" });
}

async function emitOpening(ctx, id, opening, deltas) {
  const message = {
    id,
    type: "message",
    role: "assistant",
    model: ctx.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: usageOf(ctx, "").input, output_tokens: 1 },
  };
  const timing = { ttft_ms: Math.max(1, Date.now() - ctx.turnStartedAt), thinking_display: "updates" };
  const show = (event, more) => emit(ctx, streamEvent(ctx, id, event, more));

  await emit(ctx, systemEvent(ctx, "status", { status: "requesting" }));
  await show({ type: "message_start", message }, timing);
  await show({ type: "content_block_start", index: 0, content_block: opening });
  for (const delta of deltas) {
    await show({ type: "content_block_delta", index: 0, delta });
  }
}

module.exports = { emitHalfText, emitPartialText, emitPartialToolUse };
