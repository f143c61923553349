import type { Callee } from "../../core/callee.ts";
import { lazily } from "../../core/lazily.ts";
import { optionName } from "../../core/wording.ts";
import type { Agent } from "../agent/agent.ts";
import { agentCallee } from "../agent/agent-callee.ts";
import { blankProblems, type AgentInput } from "../agent/input.ts";
import { claudeAnswerParts, CLAUDE_OPTIONS, claudeArguments, type ClaudeOptions } from "./arguments.ts";
import { CLAUDE_CANNOT } from "./cannot.ts";
import type { ClaudeDetails } from "./details.ts";
import type { ClaudeEvent } from "./events.ts";

const CLAUDE: Agent<ClaudeEvent, ClaudeOptions, ClaudeDetails> = {
  kind: "claude",
  options: CLAUDE_OPTIONS,
  cannot: CLAUDE_CANNOT,
  // The CLI refuses more than this on stdin (Claude Code documentation, "Run Claude Code programmatically").
  promptLimit: { most: 10 * 1024 * 1024, unit: "bytes" },
  markerWithOutput: false,
  reportsCost: true,
  executable: ({ claudePath = "claude" }) => claudePath,
  maxCostUsd: ({ maxBudgetUsd }) => maxBudgetUsd,
  arguments: (options) => claudeArguments(options, options.resume, undefined),
  problems: ({ permissionMode }) => blankProblems({ [optionName("permissionMode")]: permissionMode }),
  answerParts: (options, { resume, schema }) => claudeAnswerParts(options, resume, schema),
  fingerprint: (prompt, { model, tools, systemPrompt }) => ({
    prompt,
    model: model ?? null,
    tools: tools ?? null,
    systemPrompt: systemPrompt ?? null,
  }),
  load: lazily(async () => (await import("./claude-run.ts")).CLAUDE_RUN),
};

/**
 * `claude -p` as a callee. Its `value` is the text of the answer, or, with `output`, the validated structured answer.
 *
 * No single signal is reliable: claude 2.1.329 reports errors with `subtype: "success"`, and prints blank answers with exit code 0. So a
 * run counts as a success only if all of these hold: exit code 0; exactly one main result; the result is no error, no refusal and not cut
 * off; its text is not blank; no permission was denied. Everything else fails with its own `code`.
 *
 * @example
 * const { value, costUsd } = await defineCall({ name: "draft", callee: claude({ tools: [] }), … })("Write the post");
 */
export function claude(given: ClaudeOptions = {}): Callee<AgentInput, string, ClaudeDetails> {
  return agentCallee(CLAUDE, given);
}
