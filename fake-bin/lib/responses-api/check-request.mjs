// What the real API refuses, in its words as users reported them, so that a request that fails there fails here too.
// What depends on the model or on the account is not checked: the fake answers it.
import { firstOf, isObject } from "../shared/checks.mjs";
import { schemaProblem } from "./check-schema.mjs";
import { isCall, isCallOutput, itemsOf } from "./items.mjs";

const NAME = /^[a-zA-Z0-9_-]+$/;
const LEAST_OUTPUT_TOKENS = 16;

/** What the parameters of the Chat Completions API are called here. */
const MOVED = {
  messages: "input",
  functions: "tools",
  function_call: "tool_choice",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  response_format: "text.format",
  reasoning_effort: "reasoning.effort",
};

export function invalid(message, code = null, param = null) {
  return { status: 400, error: { message, type: "invalid_request_error", param, code } };
}

export const tooLarge = { ...invalid("Request too large"), status: 413 };

/** Why the real API would not read the body of such a request. */
export function refusedHeaders({ authorization = "" }) {
  if (/^bearer +\S/i.test(authorization)) return undefined;
  return { ...invalid("Missing bearer or basic authentication in header"), status: 401 };
}

/** The request in a body as `{ asked }`, or `{ refusal }`. */
export function readRequest(body) {
  let asked;
  try {
    asked = JSON.parse(body.toString());
  } catch {
    asked = undefined;
  }
  if (!isObject(asked)) {
    const message =
      "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.";
    return { refusal: invalid(message) };
  }
  // A field that is null counts as one that was left out.
  asked = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
  const refusal = problemOf(asked);
  return refusal === undefined ? { asked } : { refusal };
}

function problemOf(asked) {
  return (
    movedProblem(asked) ??
    (asked.model === undefined ? missing("model") : typeProblem("model", asked.model, "string")) ??
    inputProblem(asked) ??
    typeProblem("stream", asked.stream, "boolean") ??
    outputTokensProblem(asked.max_output_tokens) ??
    toolsProblem(asked.tools ?? []) ??
    callsProblem(itemsOf(asked)) ??
    formatProblem(asked.text?.format)
  );
}

function movedProblem(asked) {
  const name = Object.keys(asked).find((key) => Object.hasOwn(MOVED, key));
  if (name === undefined) return undefined;
  const message = `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${MOVED[name]}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`;
  return invalid(message, "unsupported_parameter", name);
}

function inputProblem({ input, previous_response_id: previous }) {
  if (previous !== undefined) {
    // The fake keeps no conversation.
    const message = `Previous response with id '${previous}' not found.`;
    return invalid(message, "previous_response_not_found", "previous_response_id");
  }
  if (input === undefined) {
    const message =
      "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.";
    return invalid(message, "missing_required_parameter");
  }
  if (typeof input === "string") return undefined;
  if (!Array.isArray(input)) return wrongType("input", "one of an array of objects or string", input);
  return firstOf(input, (item, n) =>
    isObject(item) ? undefined : wrongType(`input[${n}]`, "an object", item),
  );
}

function outputTokensProblem(tokens) {
  if (tokens === undefined || tokens >= LEAST_OUTPUT_TOKENS) return undefined;
  const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT_TOKENS}, but got ${tokens} instead.`;
  return invalid(message, "integer_below_min_value", "max_output_tokens");
}

function toolsProblem(tools) {
  if (!Array.isArray(tools)) return wrongType("tools", "an array of objects", tools);
  return firstOf(tools, (tool, n) => {
    if (tool?.type === undefined) return missing(`tools[${n}].type`);
    if (tool.type !== "function") return undefined;
    // A tool in the shape of the Chat Completions API has its name in an object of its own.
    if (tool.name === undefined) return missing(`tools[${n}].name`);
    const message = `Invalid 'tools[${n}].name': string does not match pattern. Expected a string that matches the pattern '${NAME.source}'.`;
    return NAME.test(tool.name) ? undefined : invalid(message, "invalid_value", `tools[${n}].name`);
  });
}

/** Every call has its output, and every output its call. */
function callsProblem(items) {
  const calls = new Set(items.filter(isCall).map(({ call_id: id }) => id));
  const outputs = new Set(items.filter(isCallOutput).map(({ call_id: id }) => id));
  const uncalled = [...outputs].find((id) => !calls.has(id));
  if (uncalled !== undefined) {
    return invalid(`No tool call found for function call output with call_id ${uncalled}.`, null, "input");
  }
  const unanswered = [...calls].find((id) => !outputs.has(id));
  return unanswered && invalid(`No tool output found for function call ${unanswered}.`, null, "input");
}

function formatProblem(format) {
  if (format?.type !== "json_schema") return undefined;
  if (format.name === undefined) return missing("text.format.name");
  if (format.schema === undefined) return missing("text.format.schema");
  if (!isObject(format.schema)) return wrongType("text.format.schema", "an object", format.schema);
  const problem = format.strict === true ? schemaProblem(format.schema) : undefined;
  const message = `Invalid schema for response_format '${format.name}': ${problem}`;
  return problem && invalid(message, "invalid_json_schema", "text.format.schema");
}

const missing = (param) =>
  invalid(`Missing required parameter: '${param}'.`, "missing_required_parameter", param);

function typeProblem(param, value, type) {
  return value === undefined || typeof value === type ? undefined : wrongType(param, `a ${type}`, value);
}

function wrongType(param, expected, value) {
  const got = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const message = `Invalid type for '${param}': expected ${expected}, but got ${/^[aeiou]/.test(got) ? "an" : "a"} ${got} instead.`;
  return invalid(message, "invalid_type", param);
}
