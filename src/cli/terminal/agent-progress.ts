import type { AgentKind } from "../../core/callee-kind.ts";
import type { AgentProgress } from "./agent-events.ts";
import { ClaudeProgress } from "./claude-progress.ts";
import { CodexProgress } from "./codex-progress.ts";
import { GeminiProgress } from "./gemini-progress.ts";

export function progressOf(kind: AgentKind): AgentProgress {
  switch (kind) {
    case "claude":
      return new ClaudeProgress();
    case "codex":
      return new CodexProgress();
    case "gemini":
      return new GeminiProgress();
    default:
      return kind satisfies never;
  }
}
