import samples from "../shared/sample-value.cjs";
import { functionCall } from "./items.mjs";

const HELLO = "Hello from the fake API";

/** What the model says: words, or JSON where the request asks for it. */
export function words({ text: { format } = {} }, { text }) {
  if (text !== undefined) return text;
  return format?.type === "json_schema" ? JSON.stringify(samples.sampleValue(format.schema)) : HELLO;
}

/** Whether the request makes the model call a tool. */
export const mustCallTool = ({ tool_choice: choice }) => choice === "required" || choice?.type === "function";

/**
 * The call of one function: the one that `tool_choice` names, else that of `--tool`, else exec_command, else the first.
 * `undefined` where the model may not call one, or has none to call. A function of a namespace is called unseen: clients
 * offer those by a search, not in the list.
 *
 * @param n its number among the calls of this answer
 */
export function toolCall(request, options, n = 1) {
  const { tools = [], tool_choice: choice = "auto" } = request;
  if (choice === "none") return undefined;
  const functions = tools.filter(({ type }) => type === "function");
  const named = (name) => functions.find((tool) => tool.name === name);
  if (choice.type === "function") return callOf(request, named(choice.name), options, n);
  const [, namespace, name] = /^(?:(.+)\.)?(.+)$/.exec(options.tool ?? "exec_command") ?? [];
  if (namespace !== undefined) {
    return functionCall(request, { name, namespace, input: options.toolInput ?? {} }, n);
  }
  const wanted = named(name) ?? (options.tool === undefined ? functions[0] : undefined);
  return callOf(request, wanted ?? (mustCallTool(request) ? functions[0] : undefined), options, n);
}

function callOf(request, tool, options, n) {
  if (tool === undefined) return undefined;
  return functionCall(request, { name: tool.name, input: options.toolInput ?? inputFor(tool, options) }, n);
}

const inputFor = ({ name, parameters }, { toolCommand }) =>
  name === "exec_command" ? { cmd: toolCommand } : samples.sampleValue({ type: "object", ...parameters });
