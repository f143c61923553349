import { MODES } from "./modes.mjs";
import { readJson } from "../shared/flags.mjs";
import { readServerOptions } from "../shared/server-options.mjs";

export const HELP = `Usage: anthropic-api [options]

A fake of the Messages API on 127.0.0.1. Prints its URL, then answers until its parent dies or it gets SIGTERM.
Point ANTHROPIC_BASE_URL at the URL.

  --port N              port to listen on (default 0: a free one)
  --mode M[,M...]       what to do with each request to /v1/messages in turn; the last repeats
                        (default $FAKE_ANTHROPIC_API_MODE, else ok)
  --text TEXT           the answer, in the modes that give one in words
  --error-message TEXT  the message inside an error answer
  --tool NAME           the tool that mode tool asks for, if it is offered (default: Bash, else the first one)
  --tool-input JSON     its input (default: one made from the tool's input_schema)
  --tool-command CMD    the command that mode tool asks the Bash tool to run (default "echo hi")
  --structured JSON     the input that mode structured gives the StructuredOutput tool (default {})

Modes: ${Object.keys(MODES).join(" ")}

GET /__requests lists what was asked, without headers or bodies; ?wait=N answers once N messages were asked for.
`;

const FLAGS = ["mode", "text", "error-message", "tool", "tool-input", "tool-command", "structured"];

/** Options ready for use, or `{ problem }` with a sentence for the user. */
export function parseOptions(argv, env) {
  const read = readServerOptions(argv, env, {
    names: FLAGS,
    variable: "FAKE_ANTHROPIC_API_MODE",
    modes: MODES,
  });
  if (!read.flags) return read;
  const { flags, port, modes } = read;
  const structured = readJson("structured", flags.structured ?? "{}");
  if (structured.problem) return structured;
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
    structured: structured.value,
  };
}
