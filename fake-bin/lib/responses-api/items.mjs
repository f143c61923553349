// The items of which an answer consists, as the API writes them. Ids are the same in every run.
const part = (text) => ({ type: "output_text", text, annotations: [], logprobs: [] });

export const message = (text, n = 1) => messageOf(part(text), n);

export const refusal = (words) => messageOf({ type: "refusal", refusal: words }, 1);

function messageOf(content, n) {
  return { type: "message", id: `msg_${n}`, status: "completed", role: "assistant", content: [content] };
}

export const reasoning = (text) => ({
  type: "reasoning",
  id: "rs_1",
  summary: [{ type: "summary_text", text }],
  encrypted_content: "ZW5jcnlwdGVk",
});

export const webSearch = (query) => ({
  type: "web_search_call",
  id: "ws_1",
  status: "completed",
  action: { type: "search", query },
});

/** A call of a function; `namespace` is that of an MCP server's tools. */
export function functionCall(asked, { name, namespace, input }, n = 1) {
  const id = toolCalls(asked) + n;
  return {
    type: "function_call",
    id: `fc_${id}`,
    status: "completed",
    call_id: `call_${id}`,
    name,
    ...(namespace !== undefined && { namespace }),
    arguments: JSON.stringify(input),
  };
}

/** A call of a tool whose input is text and not JSON. */
export function customCall(asked, name, input) {
  const id = toolCalls(asked) + 1;
  return {
    type: "custom_tool_call",
    id: `ctc_${id}`,
    status: "completed",
    call_id: `call_${id}`,
    name,
    input,
  };
}

export const isCall = ({ type }) => type === "function_call" || type === "custom_tool_call";
export const isCallOutput = ({ type }) =>
  type === "function_call_output" || type === "custom_tool_call_output";

/** The items of a request: a string is short for one message of the user. */
export function itemsOf({ input = [] }) {
  return typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input;
}

/** Whether results of tool calls have come since the model last spoke. */
export function hasToolResult(asked) {
  const items = itemsOf(asked);
  const spoke = items.findLastIndex((item) => item.role === "assistant" || isCall(item));
  return items.slice(spoke + 1).some(isCallOutput);
}

/** How many tool calls the conversation has so far: ids of new ones go on from there. */
const toolCalls = (asked) => itemsOf(asked).filter(isCall).length;
