import samples from "../shared/sample-value.cjs";
import { toolCalls } from "./conversation.mjs";

/**
 * Tools that Anthropic defines and the client runs. They come without an `input_schema`; what comes with neither runs
 * on the real servers, so no model hands a call of it to the client.
 */
const INPUT_BY_TYPE = {
  bash: ({ toolCommand }) => ({ command: toolCommand }),
  text_editor: () => ({ command: "view", path: "/tmp/example.txt" }),
  memory: () => ({ command: "view", path: "/memories" }),
  computer: () => ({ action: "screenshot" }),
};

const BY_TYPE = /^([a-z_]+)_\d{8}$/;
const inputByType = ({ type = "" }) => INPUT_BY_TYPE[BY_TYPE.exec(type)?.[1]];

/** Whether the request makes the model call a tool. */
export function mustCallTool({ tool_choice: choice }) {
  return choice?.type === "any" || choice?.type === "tool";
}

/**
 * The call of one offered tool: the one that `tool_choice` names, else that of `--tool`, else Bash, else the first.
 * `undefined` where the model may not call one, or has none to call.
 */
export function toolCall(request, options) {
  const { tools = [], tool_choice: choice = { type: "auto" } } = request;
  if (choice.type === "none") return undefined;
  const callable = tools.filter((tool) => tool.input_schema || inputByType(tool));
  const named = (name) => callable.find((tool) => tool.name === name);
  if (choice.type === "tool") return callOf(request, named(choice.name), options);
  const wanted = options.tool === undefined ? (named("Bash") ?? callable[0]) : named(options.tool);
  return callOf(request, wanted ?? (mustCallTool(request) ? callable[0] : undefined), options);
}

/** The call of the tool of that name, if the request offers it and lets the model choose. */
export function callByName(request, name, input) {
  const { tools = [], tool_choice: choice } = request;
  const isOffered = choice?.type !== "none" && tools.some((tool) => tool.name === name);
  return isOffered ? toolUse(request, name, input) : undefined;
}

function callOf(request, tool, options) {
  return tool && toolUse(request, tool.name, options.toolInput ?? inputFor(tool, options));
}

function inputFor(tool, options) {
  if (inputByType(tool)) return inputByType(tool)(options);
  if (tool.name === "Bash") return { command: options.toolCommand, description: "x" };
  return samples.sampleValue({ type: "object", ...tool.input_schema });
}

/** Ids number the tool calls of the conversation: unique within it, and the same in every run. */
const toolUse = (request, name, input) => ({
  type: "tool_use",
  id: `toolu_${toolCalls(request) + 1}`,
  name,
  input,
});
