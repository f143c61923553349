import type { Agent } from "./agent.ts";
import { claude } from "./claude/claude.ts";
import { codex } from "./codex/codex.ts";
import { gemini } from "./gemini/gemini.ts";

export const AGENTS: Readonly<Record<Agent["name"], Agent>> = { claude, codex, gemini };
