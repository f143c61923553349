import { AGENT_GROUPS, DENIALS, PROMPT, PROMPT_ON_STDIN, RESUME } from "./agent.ts";
import { NOT_OF_CLAUDE } from "./cannot.ts";
import type { Command, Options } from "./command.ts";

const MODEL = {
  model: { takes: "text", value: "MODEL", help: "Model to use, such as sonnet." },
  "system-prompt": { takes: "text", value: "TEXT", help: "Replaces the system prompt." },
  "append-system-prompt": { takes: "text", value: "TEXT", help: "Adds to the system prompt." },
  ...RESUME,
  "max-turns": { takes: "number", value: "N", help: "Limit for the number of turns (turn_limit, exit 69)." },
  "max-budget-usd": {
    takes: "dollars",
    value: "N",
    help: "Limit for the cost in US dollars, such as 0.50 (budget_limit, exit 69).",
  },
  marker: {
    takes: "nothing",
    help: "Asks for a one-time last line and removes it. An answer without it is truncated_output (exit 65).",
  },
  "claude-bin": {
    takes: "file",
    value: "FILE",
    default: "claude",
    help: "The claude program. A bare name is looked up on PATH.",
  },
} as const satisfies Options;

const TOOLS = {
  tools: {
    takes: "text",
    value: "LIST",
    help: "Tools that exist for the model, separated by commas. An empty list means none.",
  },
  "allowed-tools": {
    takes: "text",
    value: "LIST",
    help: "Tools that need no permission, separated by commas, such as 'Read,Bash(git log:*)'.",
  },
  "disallowed-tools": { takes: "text", value: "LIST", help: "Tools that are denied, separated by commas." },
  "permission-mode": {
    takes: "text",
    value: "MODE",
    help: "The permission mode of claude, such as acceptEdits or plan.",
  },
  ...DENIALS,
} as const satisfies Options;

export const CLAUDE = {
  name: "claude",
  usage: "--timeout D [options] [PROMPT]",
  summary: "Ask claude -p; print its answer if it is whole and valid.",
  about: [PROMPT_ON_STDIN],
  operands: PROMPT,
  optionsComeFirst: true,
  cannot: NOT_OF_CLAUDE,
  groups: [
    { title: "Model and session", options: MODEL },
    { title: "Tools", options: TOOLS },
    ...AGENT_GROUPS,
  ],
  examples: [
    'hardcall claude --timeout 10m --model sonnet "Write the post"',
    "draft=$(hardcall claude --timeout 10m --schema draft.schema.json < prompt.txt) || exit",
  ],
} as const satisfies Command;
