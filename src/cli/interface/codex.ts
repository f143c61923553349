import { AGENT_GROUPS, DENIALS, PROMPT, PROMPT_ON_STDIN, RESUME } from "./agent.ts";
import { NOT_OF_CODEX } from "./cannot.ts";
import type { Command, Options } from "./command.ts";

const MODEL = {
  model: { takes: "text", value: "MODEL", help: "Model to use, such as gpt-5.5." },
  "reasoning-effort": {
    takes: "text",
    value: "EFFORT",
    help: "How much the model thinks, such as low or high.",
  },
  profile: {
    takes: "text",
    value: "NAME",
    help: "Profile of codex: NAME.config.toml in CODEX_HOME. codex ignores one that it does not find.",
  },
  config: {
    takes: "text",
    value: "KEY=VALUE",
    multiple: true,
    help: "One setting of codex, such as tools.web_search=true. VALUE is true, false, a number or a text.",
  },
  ...RESUME,
  marker: {
    takes: "nothing",
    help: "Asks for a one-time last line and removes it. An answer without it is truncated_output (exit 65).",
  },
  "codex-bin": {
    takes: "file",
    value: "FILE",
    default: "codex",
    help: "The codex program. A bare name is looked up on PATH.",
  },
} as const satisfies Options;

const ACCESS = {
  sandbox: {
    takes: "choice",
    choices: ["read-only", "workspace-write", "danger-full-access"],
    help: "What commands of the model may do: read, also write in the working folder, or all. Default: as codex is configured.",
  },
  "add-dir": {
    takes: "folder",
    value: "FOLDER",
    multiple: true,
    help: "Commands may write to this folder, too.",
  },
  image: { takes: "file", value: "FILE", multiple: true, help: "An image that belongs to the prompt." },
  ...DENIALS,
} as const satisfies Options;

export const CODEX = {
  name: "codex",
  usage: "--timeout D [options] [PROMPT]",
  summary: "Ask codex exec; print its answer if it is whole and valid.",
  about: [PROMPT_ON_STDIN],
  operands: PROMPT,
  optionsComeFirst: true,
  cannot: NOT_OF_CODEX,
  groups: [
    { title: "Model and session", options: MODEL },
    { title: "Sandbox and files", options: ACCESS },
    ...AGENT_GROUPS,
  ],
  examples: [
    'hardcall codex --timeout 10m --sandbox read-only "Explain the failing test"',
    "notes=$(hardcall codex --timeout 10m --schema notes.schema.json < prompt.txt) || exit",
  ],
} as const satisfies Command;
