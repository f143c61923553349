// Input and output tokens of every answer: fixed, so that costs can be compared.
const START_USAGE = { input_tokens: 10, output_tokens: 1 };
const OUTPUT_TOKENS = 5;

export const textBlock = (text) => ({ type: "text", text });

/** A client sends thinking back with its signature, which only the API itself can check. */
export const thinkingBlock = (thinking) => ({ type: "thinking", thinking, signature: "c2lnbmF0dXJl" });

/** The answer to a request that did not ask for streaming. */
export function wholeMessage(request, { content, stopReason }) {
  return {
    ...emptyMessage(request),
    content,
    stop_reason: stopReason,
    usage: { ...START_USAGE, output_tokens: OUTPUT_TOKENS },
  };
}

/**
 * The events of a streamed answer, in order. Each block comes in one delta, so that what a client shows does not
 * depend on how the network cut it.
 */
export function* streamEvents(request, { content, stopReason }) {
  yield { type: "message_start", message: emptyMessage(request) };
  for (const [index, block] of content.entries()) {
    yield { type: "content_block_start", index, content_block: emptied(block) };
    if (index === 0) yield { type: "ping" };
    for (const delta of deltas(block)) yield { type: "content_block_delta", index, delta };
    yield { type: "content_block_stop", index };
  }
  yield {
    type: "message_delta",
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: OUTPUT_TOKENS },
  };
  yield { type: "message_stop" };
}

/** The first events of an answer that breaks off: those of its first block, of which only this share comes. */
export function* partialEvents(request, { content: [block] }, share) {
  yield { type: "message_start", message: emptyMessage(request) };
  yield { type: "content_block_start", index: 0, content_block: emptied(block) };
  for (const delta of deltas(block)) {
    yield { type: "content_block_delta", index: 0, delta: cutShort(delta, share) };
  }
}

function cutShort({ type, ...parts }, share) {
  const cut = ([name, text]) => [name, text.slice(0, Math.ceil(text.length * share))];
  return { type, ...Object.fromEntries(Object.entries(parts).map(cut)) };
}

function emptyMessage({ model, messages = [] }) {
  const earlier = messages.filter(({ role }) => role === "assistant").length;
  return {
    id: `msg_${earlier + 1}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: START_USAGE,
  };
}

function emptied(block) {
  if (block.type === "tool_use") return { ...block, input: {} };
  if (block.type === "thinking") return { ...block, thinking: "", signature: "" };
  return { ...block, text: "" };
}

function deltas(block) {
  if (block.type === "tool_use")
    return [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
  if (block.type === "thinking") {
    return [
      { type: "thinking_delta", thinking: block.thinking },
      { type: "signature_delta", signature: block.signature },
    ];
  }
  return block.text === "" ? [] : [{ type: "text_delta", text: block.text }];
}
