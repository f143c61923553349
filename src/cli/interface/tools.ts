import type { Command } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";
import { EXAMPLES } from "./example-list.ts";

export const REPORT = {
  name: "report",
  usage: "--out FILE [options]",
  summary: "Write one HTML page: which calls ran, and what they produced.",
  operands: [],
  groups: [
    {
      title: "Options",
      options: {
        out: {
          takes: "file",
          value: "FILE",
          help: "The page to write. Readable by its owner only. Required.",
        },
        days: { takes: "number", value: "N", default: 14, help: "How many days to show, 1 to 3660." },
        ledger: ledgerFile("The ledger."),
      },
    },
  ],
  examples: ["hardcall report --out report.html"],
} as const satisfies Command;

export const EXAMPLE = {
  name: "example",
  usage: "[NAME [FOLDER]]",
  summary: "List the examples of the package, or copy one.",
  about: [
    "Without NAME, it lists the examples. With NAME, it copies that example into FOLDER and says how to run it. It makes FOLDER if it is missing; without FOLDER it copies into the working folder. It never overwrites a file.",
  ],
  operands: [
    { name: "NAME", takes: EXAMPLES.map(({ name }) => name) },
    { name: "FOLDER", takes: "folder" },
  ],
  groups: [],
  examples: ["hardcall example", "hardcall example publish-once ./jobs"],
} as const satisfies Command;

/** The agents that hardcall can ask, and has a fake of. */
export const AGENTS = ["claude", "codex", "gemini"] as const;

export const FAKE_BIN = {
  name: "fake-bin",
  usage: "[claude] [codex] [gemini]",
  summary: "Print the folders that have fake agents, for PATH.",
  about: [
    "Each fake has a folder of its own, so that the fake of one agent hides no genuine other one. Without a name, it prints the folder of the fake claude.",
  ],
  operands: [{ name: "AGENT", takes: AGENTS, multiple: true }],
  groups: [],
  examples: [
    'PATH="$(hardcall fake-bin):$PATH" FAKE_CLAUDE_MODE=empty ./nightly.sh',
    'PATH="$(hardcall fake-bin codex gemini):$PATH" FAKE_CODEX_MODE=ok FAKE_GEMINI_MODE=ok ./nightly.sh',
  ],
} as const satisfies Command;

export const DOCTOR = {
  name: "doctor",
  usage: "",
  summary: "Try what hardcall can guarantee on this machine.",
  about: [
    "Exit codes: 0 every guarantee holds; 69 something is missing.",
    "A NO for an agent, for other readers of the ledger, or for the first process of a container is a hint: it does not change the exit code.",
    "If HARDCALL_LEDGER names a ledger in Postgres, it says how that server is set up. If there is a file of resources, it checks that.",
  ],
  operands: [],
  groups: [],
} as const satisfies Command;

export const SHELLS = ["bash", "zsh", "fish"] as const;

export const COMPLETION = {
  name: "completion",
  usage: SHELLS.join("|"),
  summary: "Print a completion script for a shell.",
  about: [
    "bash: hardcall completion bash > ~/.local/share/bash-completion/completions/hardcall",
    'zsh: hardcall completion zsh > "${fpath[1]}/_hardcall"',
    "fish: hardcall completion fish > ~/.config/fish/completions/hardcall.fish",
  ],
  operands: [{ name: "SHELL", takes: SHELLS, ifMissing: "say which shell: bash, zsh or fish" }],
  groups: [],
  examples: ["source <(hardcall completion bash)"],
} as const satisfies Command;

export const HELP = {
  name: "help",
  usage: "[COMMAND | exit-codes | environment]",
  summary: "Show the help of a command, or of another topic.",
  operands: [{ name: "COMMAND", takes: "topic" }],
  groups: [],
  examples: ["hardcall help ledger resolve", "hardcall help exit-codes"],
} as const satisfies Command;
