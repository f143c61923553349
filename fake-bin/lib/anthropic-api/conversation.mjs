// What the messages of a request hold. All functions take a request that check-request.mjs found to be well formed.

/** The blocks of a message: a string is short for one text block. */
export function blocksOf({ content }) {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/**
 * The results of tool calls that came since the model's last turn. They need not be in the last message: `claude`
 * 2.1.240 sends a system message after them.
 */
export function toolResults({ messages }) {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
  return since.flatMap(blocksOf).filter(({ type }) => type === "tool_result");
}

/** How many tool calls the conversation has so far. */
export function toolCalls({ messages }) {
  return messages.flatMap(blocksOf).filter(({ type }) => type === "tool_use").length;
}
