import { readJson } from "../shared/flags.mjs";
import { readServerOptions } from "../shared/server-options.mjs";
import { MODES } from "./modes.mjs";

export const HELP = `Usage: responses-api [options]

A fake of OpenAI's Responses API on 127.0.0.1. Prints its URL, then answers until its parent dies or it gets SIGTERM.
The base URL of a client is that URL with /v1.

  --port N              port to listen on (default 0: a free one)
  --mode M[,M...]       what to do with each request to /v1/responses in turn; the last repeats
                        (default $FAKE_RESPONSES_API_MODE, else ok)
  --text TEXT           the answer, in the modes that give one in words
  --error-message TEXT  the message inside an error answer
  --tool NAME           the function that mode tool calls, if it is offered; SERVER.NAME for one of an MCP server
                        (default: exec_command, else the first one);
                        tool-unknown calls it although it is not offered (default: no_such_tool)
  --tool-input JSON     its input (default: one made from the function's parameters)
  --tool-command CMD    the command that mode tool gives to exec_command (default "echo hi")
  --patch TEXT          the input that mode patch gives to apply_patch (default: one that adds new.txt)

Modes: ${Object.keys(MODES).join(" ")}

GET /__requests lists what was asked, without headers or bodies; ?wait=N answers once N responses were asked for.
`;

const FLAGS = ["mode", "text", "error-message", "tool", "tool-input", "tool-command", "patch"];

/** Options ready for use, or `{ problem }` with a sentence for the user. */
export function parseOptions(argv, env) {
  const read = readServerOptions(argv, env, {
    names: FLAGS,
    variable: "FAKE_RESPONSES_API_MODE",
    modes: MODES,
  });
  if (!read.flags) return read;
  const { flags, port, modes } = read;
  const toolInput = readJson("tool-input", flags["tool-input"] ?? "null");
  if (toolInput.problem) return toolInput;
  return {
    port,
    modes,
    text: flags.text,
    errorMessage: flags["error-message"],
    tool: flags.tool,
    toolInput: toolInput.value ?? undefined,
    toolCommand: flags["tool-command"] ?? "echo hi",
    patch: flags.patch,
  };
}
