import { parseArgs } from "node:util";
import { MODES } from "./anthropic-api-modes.mjs";

export const HELP = `Usage: anthropic-api [options]

A fake of the Messages API on 127.0.0.1. Prints its URL, then answers until its parent dies or it gets SIGTERM.
Point ANTHROPIC_BASE_URL at the URL.

  --port N              port to listen on (default 0: a free one)
  --mode M[,M...]       what to do with each request to /v1/messages in turn; the last repeats
                        (default $FAKE_ANTHROPIC_API_MODE, else ok)
  --text TEXT           the answer, in the modes that give one in words
  --error-message TEXT  the message inside an error answer
  --tool-command CMD    the command that mode tool asks the Bash tool to run (default "echo hi")
  --structured JSON     the input that mode structured gives the StructuredOutput tool (default {})

Modes: ${Object.keys(MODES).join(" ")}

GET /__requests lists what was asked, without headers or bodies; ?wait=N answers once N messages were asked for.
`;

const FLAGS = {
  port: { type: "string" },
  mode: { type: "string" },
  text: { type: "string" },
  "error-message": { type: "string" },
  "tool-command": { type: "string" },
  structured: { type: "string" },
  help: { type: "boolean", short: "h" },
};

/** Options ready for use, or `{ problem }` with a sentence for the person who typed them. */
export function parseOptions(argv, env) {
  let flags;
  try {
    flags = parseArgs({ args: argv, options: FLAGS, allowPositionals: false }).values;
  } catch (error) {
    return { problem: error.message };
  }
  if (flags.help) return { help: true };

  const port = Number(flags.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65535 || flags.port === "") {
    return { problem: `--port must be a whole number from 0 to 65535, not '${flags.port}'` };
  }
  const modes = (flags.mode ?? (env.FAKE_ANTHROPIC_API_MODE || "ok")).split(",").map((mode) => mode.trim());
  const unknown = modes.find((mode) => !Object.hasOwn(MODES, mode));
  if (unknown !== undefined) {
    return { problem: `unknown mode '${unknown}'. Modes are: ${Object.keys(MODES).join(" ")}` };
  }
  let structured;
  try {
    structured = JSON.parse(flags.structured ?? "{}");
  } catch (error) {
    return { problem: `--structured is not JSON: ${error.message}` };
  }
  return {
    port,
    modes,
    text: flags.text,
    errorMessage: flags["error-message"],
    toolCommand: flags["tool-command"] ?? "echo hi",
    structured,
  };
}
