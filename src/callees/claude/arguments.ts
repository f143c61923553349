import type { Kinds } from "../../core/options.ts";
import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import { AGENT_OPTIONS, type AgentOptions } from "../agent/options.ts";
import type { ClaudeEvent } from "./events.ts";

export interface ClaudeOptions extends AgentOptions<ClaudeEvent> {
  /** The built-in tools that the model has. `[]` gives it none. @default the CLI's own */
  readonly tools?: readonly string[] | undefined;
  /** Tools that need no permission, such as `"Bash(git log:*)"`. */
  readonly allowedTools?: readonly string[] | undefined;
  readonly disallowedTools?: readonly string[] | undefined;
  /** The most turns; more is `turn_limit`. */
  readonly maxTurns?: number | undefined;
  /** The most that one attempt may cost, in US dollars; more is `budget_limit`. */
  readonly maxBudgetUsd?: number | undefined;
  readonly systemPrompt?: string | undefined;
  readonly appendSystemPrompt?: string | undefined;
  readonly permissionMode?: string | undefined;
  /** The executable. @default "claude", found on PATH */
  readonly claudePath?: string | undefined;
}

export const CLAUDE_OPTIONS: Kinds<ClaudeOptions> = {
  ...AGENT_OPTIONS,
  tools: "a list of strings",
  allowedTools: "a list of strings",
  disallowedTools: "a list of strings",
  maxTurns: "a number",
  maxBudgetUsd: "a number",
  systemPrompt: "a string",
  appendSystemPrompt: "a string",
  permissionMode: "a string",
  claudePath: "a string",
};

/** The arguments of a run. The prompt goes over stdin. */
export function claudeArguments(
  options: ClaudeOptions,
  resume: string | undefined,
  schema: string | undefined,
): string[] {
  const args = ["-p", "--output-format", "stream-json", "--verbose"];
  const add = (flag: string, value: string | number | undefined) => {
    if (value !== undefined) args.push(flag, String(value));
  };
  add("--model", options.model);
  add("--max-turns", options.maxTurns);
  add("--max-budget-usd", options.maxBudgetUsd);
  add("--system-prompt", options.systemPrompt);
  add("--append-system-prompt", options.appendSystemPrompt);
  add("--permission-mode", options.permissionMode);
  add("--resume", resume);
  add("--json-schema", schema);
  // An empty list is passed on too: it means no tools.
  add("--tools", options.tools?.join(","));
  for (const [flag, tools] of [
    ["--allowedTools", options.allowedTools],
    ["--disallowedTools", options.disallowedTools],
  ] as const) {
    if (tools !== undefined && tools.length > 0) args.push(flag, ...tools);
  }
  return [...args, ...(options.extraArgs ?? [])];
}

/**
 * The options that change the answer, as parts of the fingerprint. Limits (maxTurns, maxBudgetUsd) and checks (permissionDenials, marker)
 * are left out: they decide whether there is an answer, not which one.
 */
export function claudeAnswerParts(
  options: ClaudeOptions,
  resume: string | undefined,
  schema: string | undefined,
): FingerprintParts {
  return {
    model: options.model,
    tools: options.tools,
    "allowed tools": options.allowedTools,
    "disallowed tools": options.disallowedTools,
    "system prompt": options.systemPrompt,
    "appended system prompt": options.appendSystemPrompt,
    "permission mode": options.permissionMode,
    session: resume,
    schema,
    arguments: options.extraArgs,
  };
}
