/** The options that claude or gemini have and codex has not, each with the reason and the alternative. */
export const CODEX_CANNOT = {
  tools: "codex has no list of tools; sandbox limits what they may do",
  allowedTools: "codex asks for no permission by tool; sandbox limits what its commands may do",
  disallowedTools: "codex has no list of tools; sandbox limits what they may do",
  maxTurns: "codex has no limit of turns; bound it with the call's timeout, or with a resource's budget",
  maxBudgetUsd:
    "codex does not tell what it costs; bound it with the call's timeout, or with a resource and its cost",
  systemPrompt:
    'codex has no such option; set config: { developer_instructions: "…" }, or write an AGENTS.md',
  appendSystemPrompt:
    'codex has no such option; set config: { developer_instructions: "…" }, or write an AGENTS.md',
  permissionMode: "use sandbox",
  claudePath: "use codexPath",
  approvalMode: "codex exec asks for no approval; use sandbox",
  includeDirectories: "use addDirs",
  extensions: "codex has no extensions; configure MCP servers with config",
  geminiPath: "use codexPath",
} as const;
