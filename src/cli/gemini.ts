import { gemini } from "../callees/gemini/gemini.ts";
import { askAgent, toolsOf } from "./agent.ts";
import { processOptionsOf } from "./call-options.ts";
import { GEMINI } from "./interface/gemini.ts";
import { parse } from "./interface/parse.ts";

/** `hardcall gemini --timeout D [options] [prompt]`, or the prompt on stdin. */
export const main = (argv: string[]): Promise<number> =>
  askAgent({
    kind: "gemini",
    parsed: parse(GEMINI, argv),
    calleeOf: (flags, { onStderr, onEvent }) =>
      gemini({
        ...processOptionsOf(flags),
        model: flags.model,
        approvalMode: flags["approval-mode"],
        allowedTools: toolsOf(flags["allowed-tools"]),
        includeDirectories: flags["include-directories"],
        permissionDenials: flags["permission-denials"],
        resume: flags.resume,
        marker: flags.marker,
        geminiPath: flags["gemini-bin"],
        onStderr,
        onEvent,
      }),
  });
