import { AGENT_GROUPS, DENIALS, PROMPT, PROMPT_ON_STDIN, RESUME } from "./agent.ts";
import { NOT_OF_GEMINI } from "./cannot.ts";
import type { Command, Options } from "./command.ts";

const MODEL = {
  model: {
    takes: "text",
    value: "MODEL",
    help: "Model to use, such as gemini-2.5-flash. Without it gemini first asks a small model which one to take.",
  },
  ...RESUME,
  marker: {
    takes: "nothing",
    help: "Asks for a one-time first and last line and removes them. An answer without them is truncated_output (exit 65).",
  },
  "gemini-bin": {
    takes: "file",
    value: "FILE",
    default: "gemini",
    help: "The gemini program. A bare name is looked up on PATH.",
  },
} as const satisfies Options;

const TOOLS = {
  "approval-mode": {
    takes: "choice",
    choices: ["default", "auto_edit", "yolo", "plan"],
    help: "Which tools need no approval. A tool that needs it does not exist for the model. Default: as gemini is configured.",
  },
  "allowed-tools": {
    takes: "text",
    value: "LIST",
    help: "Tools that need no approval, separated by commas, such as 'run_shell_command(git log)'.",
  },
  "include-directories": {
    takes: "folder",
    value: "FOLDER",
    multiple: true,
    help: "Tools may use this folder, too.",
  },
  ...DENIALS,
} as const satisfies Options;

export const GEMINI = {
  name: "gemini",
  usage: "--timeout D [options] [PROMPT]",
  summary: "Ask gemini; print its answer if it is whole and valid.",
  about: [PROMPT_ON_STDIN],
  operands: PROMPT,
  optionsComeFirst: true,
  cannot: NOT_OF_GEMINI,
  groups: [
    { title: "Model and session", options: MODEL },
    { title: "Tools", options: TOOLS },
    ...AGENT_GROUPS,
  ],
  examples: [
    'hardcall gemini --timeout 10m --model gemini-2.5-flash --marker "Write the post"',
    "draft=$(hardcall gemini --timeout 10m --schema draft.schema.json < prompt.txt) || exit",
  ],
} as const satisfies Command;
