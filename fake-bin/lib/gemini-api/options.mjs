import { readJson } from "../shared/flags.mjs";
import { readServerOptions } from "../shared/server-options.mjs";
import { MODES } from "./modes.mjs";

export const HELP = `Usage: gemini-api [options]

A fake of Google's Gemini API on 127.0.0.1. Prints its URL, then answers until its parent dies or it gets SIGTERM.
Point GOOGLE_GEMINI_BASE_URL at the URL.

  --port N              port to listen on (default 0: a free one)
  --mode M[,M...]       what to do with each request for content in turn; the last repeats
                        (default $FAKE_GEMINI_API_MODE, else ok)
  --text TEXT           the answer, in the modes that give one in words
  --error-message TEXT  the message inside an error answer
  --model-version NAME  the model that answers say they are from (default: the one that was asked)
  --tool NAME           the function that mode tool calls, if it is offered
                        (default: run_shell_command, else the first one);
                        tool-unknown calls it although it is not offered (default: no_such_tool)
  --tool-input JSON     its input, with %n for the number of the call (default: one made from the function's parameters)
  --tool-command CMD    the command that mode tool gives to run_shell_command (default "echo hi")

Modes: ${Object.keys(MODES).join(" ")}

GET /__requests lists what was asked, without headers or bodies; ?wait=N answers once content was asked for N times.
`;

const FLAGS = ["mode", "text", "error-message", "model-version", "tool", "tool-input", "tool-command"];

/** Options ready for use, or `{ problem }` with a sentence for the user. */
export function parseOptions(argv, env) {
  const read = readServerOptions(argv, env, { names: FLAGS, variable: "FAKE_GEMINI_API_MODE", modes: MODES });
  if (!read.flags) return read;
  const { flags, port, modes } = read;
  const toolInput = readJson("tool-input", flags["tool-input"] ?? "null");
  if (toolInput.problem) return toolInput;
  return {
    port,
    modes,
    text: flags.text,
    errorMessage: flags["error-message"],
    modelVersion: flags["model-version"],
    tool: flags.tool,
    toolInput: toolInput.value ?? undefined,
    toolCommand: flags["tool-command"] ?? "echo hi",
  };
}
