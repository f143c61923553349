import { EVIDENCE, LIMITS, OUTPUT, PROCESSES, REPEATS, REPORTING, SHARED } from "./call.ts";
import type { Operand, Options } from "./command.ts";

/** What `hardcall claude`, `hardcall codex` and `hardcall gemini` share, beside the options of every call. */

export const RESUME = {
  resume: { takes: "text", value: "ID", help: "Continues the session with this id." },
} as const satisfies Options;

export const DENIALS = {
  "permission-denials": {
    takes: "choice",
    choices: ["fail", "allow"],
    default: "fail",
    help: "Whether a denied tool fails the call (permission_denied, exit 69).",
  },
} as const satisfies Options;

const INPUT = {
  stdin: {
    takes: "nothing",
    help: "With a prompt argument: appends stdin to it. Otherwise stdin is not read.",
  },
  "max-input": {
    takes: "number",
    value: "N",
    default: 16_777_216,
    help: "Refuses more bytes of stdin than this, before anything starts.",
  },
} as const satisfies Options;

/** The headings of the help that follow an agent's own. */
export const AGENT_GROUPS = [
  { title: "Time limits", options: LIMITS },
  { title: "Repeats", options: REPEATS },
  { title: "Shared limits", options: SHARED },
  { title: "Output", options: OUTPUT },
  { title: "Evidence", options: EVIDENCE },
  { title: "Input and processes", options: { ...INPUT, ...PROCESSES } },
  { title: "Name and reports", options: REPORTING },
] as const;

export const PROMPT = [
  { name: "PROMPT", takes: "text", ifMore: "give one prompt, in quotes, after the options" },
] as const satisfies readonly Operand[];

export const PROMPT_ON_STDIN = "Without PROMPT, the prompt is read from stdin.";
