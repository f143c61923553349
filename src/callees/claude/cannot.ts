/** The options that codex or gemini have and claude has not, each with the reason and the alternative. */
export const CLAUDE_CANNOT = {
  sandbox:
    "claude takes its sandbox from its settings; pass --settings with extraArgs, or limit its tools with tools",
  reasoningEffort: "pass --effort with extraArgs",
  profile: "claude has no profiles; pass --settings with extraArgs",
  config: "claude takes single settings from a file or as JSON; pass --settings with extraArgs",
  addDirs: "pass --add-dir with extraArgs",
  images: "claude -p takes no images; name the file in the prompt and allow the tool Read",
  codexPath: "use claudePath",
  approvalMode: "use permissionMode",
  includeDirectories: "pass --add-dir with extraArgs",
  extensions: "claude has plugins in their place; pass --plugin-dir with extraArgs",
  geminiPath: "use claudePath",
} as const;
