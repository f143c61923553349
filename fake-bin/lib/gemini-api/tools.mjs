import samples from "../shared/sample-value.cjs";
import { call } from "./chunks.mjs";
import { either, functionCalls, functionsOf } from "./conversation.mjs";

const HELLO = "Hello from the fake API";

/** What the model says: words, or JSON where the request asks for it. */
export function words({ asked }, { text }) {
  if (text !== undefined) return text;
  const config = either(asked, "generationConfig", "generation_config");
  if (either(config, "responseMimeType", "response_mime_type") !== "application/json") return HELLO;
  const schema =
    either(config, "responseJsonSchema", "response_json_schema") ??
    jsonSchema(either(config, "responseSchema", "response_schema") ?? {});
  return JSON.stringify(samples.sampleValue(schema));
}

/** The API's own schemas write their types in capitals. */
function jsonSchema(schema) {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === "type" && typeof value === "string" ? value.toLowerCase() : value,
  );
}

const configOf = (asked) =>
  either(either(asked, "toolConfig", "tool_config"), "functionCallingConfig", "function_calling_config");

/** Whether the request makes the model call a function. */
export const mustCallTool = ({ asked }) => configOf(asked)?.mode === "ANY";

/**
 * The call of one function: that of `--tool`, else run_shell_command, else the first that the model may call. `undefined`
 * where it may not call one, or has none to call.
 */
export function toolCall({ asked }, options) {
  const { mode, ...config } = configOf(asked) ?? {};
  if (mode === "NONE") return undefined;
  const allowed = either(config, "allowedFunctionNames", "allowed_function_names");
  const functions = functionsOf(asked).filter(({ name }) => allowed === undefined || allowed.includes(name));
  const named = (name) => functions.find((one) => one.name === name);
  const first = functions[0];
  const wanted = options.tool === undefined ? (named("run_shell_command") ?? first) : named(options.tool);
  const chosen = wanted ?? (mode === "ANY" ? first : undefined);
  return chosen && call(chosen.name, numbered(options.toolInput ?? inputFor(chosen, options), asked));
}

function inputFor({ name, parameters, parametersJsonSchema }, { toolCommand }) {
  if (name === "run_shell_command") return { command: toolCommand, description: "x" };
  const schema = parametersJsonSchema ?? jsonSchema(parameters ?? {});
  return samples.sampleValue({ type: "object", ...schema });
}

/** With `%n`, the number of the call: the same call again and again is a loop, which clients end. */
function numbered(input, asked) {
  return JSON.parse(JSON.stringify(input).replaceAll("%n", String(functionCalls(asked) + 1)));
}
