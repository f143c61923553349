// The answer to a request, whole or as the events of a stream.
import { isCall } from "./items.mjs";

// The same for every answer, so that costs can be compared.
const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 15,
};

/** The answer to a request that did not ask for streaming. */
export function wholeResponse(asked, { output, ending, reason, error }) {
  const isFailed = ending === "failed";
  return {
    ...responseOf(asked),
    status: ending,
    output: isFailed ? [] : output,
    ...(ending === "incomplete" && { incomplete_details: { reason } }),
    ...(isFailed ? { error } : { usage: USAGE }),
  };
}

/**
 * The events of a streamed answer, in order. Text comes in one delta, so that what a client shows does not depend on
 * how the network cut it.
 *
 * @param answer `unfinished`: the items are begun and not ended. `ending`: `none` for no last event
 */
export function* streamEvents(asked, answer) {
  let sequence = 0;
  for (const event of events(asked, answer)) yield { ...event, sequence_number: sequence++ };
}

function* events(asked, answer) {
  yield { type: "response.created", response: responseOf(asked) };
  yield { type: "response.in_progress", response: responseOf(asked) };
  for (const [index, item] of answer.output.entries()) {
    yield* itemEvents(item, index, answer.unfinished);
  }
  if (answer.ending === "none") return;
  if (answer.ending === "error") yield { type: "error", ...answer.error, param: null };
  else yield { type: `response.${answer.ending}`, response: lastResponse(asked, answer) };
}

const lastResponse = (asked, answer) =>
  wholeResponse(asked, { ...answer, output: answer.unfinished ? [] : answer.output });

function* itemEvents(item, index, unfinished) {
  const { id: item_id } = item;
  yield { type: "response.output_item.added", output_index: index, item: begun(item) };
  for (const event of contentEvents(item, unfinished)) {
    yield { type: event.type, item_id, output_index: index, ...event };
  }
  if (!unfinished) yield { type: "response.output_item.done", output_index: index, item };
}

function* contentEvents(item, unfinished) {
  if (item.type === "function_call") {
    yield { type: "response.function_call_arguments.delta", delta: item.arguments };
    if (!unfinished) yield { type: "response.function_call_arguments.done", arguments: item.arguments };
  }
  for (const [content_index, part] of (item.content ?? []).entries()) {
    const [name, key] = part.type === "refusal" ? ["refusal", "refusal"] : ["output_text", "text"];
    const text = part[key];
    yield { type: "response.content_part.added", content_index, part: { ...part, [key]: "" } };
    if (text !== "") yield { type: `response.${name}.delta`, content_index, delta: text };
    if (unfinished) return;
    yield { type: `response.${name}.done`, content_index, [key]: text };
    yield { type: "response.content_part.done", content_index, part };
  }
}

/** An item as it stands in the event that announces it. */
function begun(item) {
  if (item.type === "message") return { ...item, status: "in_progress", content: [] };
  if (item.type === "reasoning") return { ...item, summary: [] };
  if (!isCall(item)) return { ...item, status: "in_progress" };
  const empty = item.type === "function_call" ? { arguments: "" } : { input: "" };
  return { ...item, status: "in_progress", ...empty };
}

function responseOf({ model, previous_response_id, tools, tool_choice, metadata, store }) {
  return {
    id: "resp_1",
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: "in_progress",
    model,
    output: [],
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: metadata ?? {},
    parallel_tool_calls: true,
    previous_response_id: previous_response_id ?? null,
    store: store ?? true,
    tool_choice: tool_choice ?? "auto",
    tools: tools ?? [],
    usage: null,
  };
}
