/**
 * The options of one agent that another one cannot have, each with the reason and what to do. The keys follow the tables of the
 * callees in what they name, and speak of the command line.s options; a test holds them complete.
 */
type OtherOptions = Readonly<Record<string, string>>;

const CLAUDE_SETTINGS = "claude takes it from its settings.json";

export const NOT_OF_CLAUDE: OtherOptions = {
  sandbox: `${CLAUDE_SETTINGS}; --tools limits what it can do`,
  "reasoning-effort": CLAUDE_SETTINGS,
  profile: `claude has no profiles; ${CLAUDE_SETTINGS}`,
  config: CLAUDE_SETTINGS,
  "add-dir": `${CLAUDE_SETTINGS} (permissions.additionalDirectories)`,
  image: "claude -p takes no images; name the file in the prompt, and allow the tool Read",
  "codex-bin": "use --claude-bin",
  "approval-mode": "use --permission-mode",
  "include-directories": `${CLAUDE_SETTINGS} (permissions.additionalDirectories)`,
  "gemini-bin": "use --claude-bin",
};

const CODEX_SANDBOX = "codex has no list of tools; --sandbox limits what they may do";
const CODEX_INSTRUCTIONS =
  "codex has no such option; give --config developer_instructions=TEXT, or write an AGENTS.md";

export const NOT_OF_CODEX: OtherOptions = {
  tools: CODEX_SANDBOX,
  "allowed-tools": "codex asks for no permission by tool; --sandbox limits what its commands may do",
  "disallowed-tools": CODEX_SANDBOX,
  "max-turns": "codex has no limit of turns; bound it with --timeout, or with the budget of a --resource",
  "max-budget-usd":
    "codex does not tell what it costs; bound it with --timeout, or with the rate of a --resource",
  "system-prompt": CODEX_INSTRUCTIONS,
  "append-system-prompt": CODEX_INSTRUCTIONS,
  "permission-mode": "use --sandbox",
  "claude-bin": "use --codex-bin",
  "approval-mode": "codex exec asks for no approval; use --sandbox",
  "include-directories": "use --add-dir",
  "gemini-bin": "use --codex-bin",
};

export const NOT_OF_GEMINI: OtherOptions = {
  tools:
    "gemini has no such option; set tools.core in its settings.json, or use --allowed-tools for those that need approval",
  "disallowed-tools": "gemini has no such option; set tools.exclude in its settings.json",
  "max-turns":
    "gemini has no such option; set model.maxSessionTurns in its settings.json (then more turns are turn_limit)",
  "max-budget-usd":
    "gemini does not tell what it costs; bound it with --timeout, or with the rate of a --resource",
  "system-prompt": "gemini has no such option; name a file in GEMINI_SYSTEM_MD, or write a GEMINI.md",
  "append-system-prompt": "gemini has no such option; write a GEMINI.md",
  "permission-mode": "use --approval-mode",
  "claude-bin": "use --gemini-bin",
  sandbox: "gemini has a sandbox of another kind; set tools.sandbox in its settings.json",
  "reasoning-effort": "gemini has no such option; set the thinking budget of the model in its settings.json",
  profile: "gemini has no profiles; it takes its settings from settings.json only",
  config: "gemini takes its settings from settings.json only",
  "add-dir": "use --include-directories",
  image: "gemini -p takes no images; name the file in the prompt",
  "codex-bin": "use --gemini-bin",
};
