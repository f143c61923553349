/** The options that claude or codex have and gemini has not, each with the reason and the alternative. */
export const GEMINI_CANNOT = {
  tools:
    "gemini has no such option; set tools.core in its settings.json, or use allowedTools for those that need approval",
  disallowedTools: "gemini has no such option; set tools.exclude in its settings.json",
  maxTurns:
    "gemini has no such option; set model.maxSessionTurns in its settings.json (then more turns are turn_limit)",
  maxBudgetUsd:
    "gemini does not tell what it costs; bound it with the call's timeout, or with a resource and its cost",
  systemPrompt: "gemini has no such option; name a file in GEMINI_SYSTEM_MD (env), or write a GEMINI.md",
  appendSystemPrompt: "gemini has no such option; write a GEMINI.md",
  permissionMode: "use approvalMode",
  claudePath: "use geminiPath",
  reasoningEffort: "gemini has no such option; set the thinking budget of the model in its settings.json",
  profile: "gemini has no profiles; name another folder for its settings in GEMINI_CLI_HOME (env)",
  config: "gemini takes its settings from settings.json only",
  addDirs: "use includeDirectories",
  images: "gemini -p takes no images; name the file in the prompt",
  codexPath: "use geminiPath",
} as const;
