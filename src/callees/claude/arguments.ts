import type { Kinds } from "../../core/options.ts";
import type { StandardSchema } from "../../core/standard-schema.ts";
import { PROCESS_OPTIONS, type ProcessOptions } from "../subprocess/options.ts";
import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { ClaudeEvent } from "./events.ts";

export interface ClaudeOptions extends ProcessOptions {
  readonly model?: string | undefined;
  /** What exists: the built-in tools the model can use. `[]` is none. @default the CLI's own */
  readonly tools?: readonly string[] | undefined;
  /** What needs no permission, such as `"Bash(git log:*)"`. */
  readonly allowedTools?: readonly string[] | undefined;
  readonly disallowedTools?: readonly string[] | undefined;
  /** Over the limit is `turn_limit`. */
  readonly maxTurns?: number | undefined;
  /** US dollars. Over the limit is `budget_limit`. */
  readonly maxBudgetUsd?: number | undefined;
  readonly systemPrompt?: string | undefined;
  readonly appendSystemPrompt?: string | undefined;
  /** The session to go on with. */
  readonly resume?: string | undefined;
  readonly permissionMode?: string | undefined;
  /** What a tool that was denied means: the work was not done (`permission_denied`), or nothing. @default "fail" */
  readonly permissionDenials?: "fail" | "allow" | undefined;
  /**
   * Asks for a one-time last line and strips it. Without it in the answer the call is `truncated_output`: the one defence
   * against a fluent answer to a lost prompt, or to half of one. @default false
   */
  readonly marker?: boolean | undefined;
  /** @default "claude", looked for on PATH */
  readonly claudePath?: string | undefined;
  /** Further flags, as the CLI takes them. */
  readonly extraArgs?: readonly string[] | undefined;
  /** Sees every event as it comes. */
  readonly onEvent?: ((event: ClaudeEvent) => void) | undefined;
}

export const CLAUDE_OPTIONS: Kinds<ClaudeOptions> = {
  ...PROCESS_OPTIONS,
  model: "a string",
  tools: "a list of strings",
  allowedTools: "a list of strings",
  disallowedTools: "a list of strings",
  maxTurns: "a number",
  maxBudgetUsd: "a number",
  systemPrompt: "a string",
  appendSystemPrompt: "a string",
  resume: "a string",
  permissionMode: "a string",
  permissionDenials: "anything",
  marker: "true or false",
  claudePath: "a string",
  extraArgs: "a list of strings",
  onEvent: "a function",
};

/** The arguments of a run. The prompt is not among them: it goes over stdin. */
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
  add("--resume", resume ?? options.resume);
  add("--json-schema", schema);
  // An empty list is its own word: no tools at all.
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
 * What changes the answer, in the parts of a fingerprint. Limits (maxTurns, maxBudgetUsd) are not among them, as they decide
 * whether there is an answer and not which, nor is what is done with it (permissionDenials, marker).
 */
export function answerParts(
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

/** The contract's schema as JSON Schema text, where its vendor can tell it (Standard JSON Schema, zod from 4.2). */
export function jsonSchemaOf(output: StandardSchema | undefined): string | undefined {
  const schema = output?.["~standard"].jsonSchema?.input({ target: "draft-07" });
  if (schema === undefined) return undefined;
  const { $schema: _, ...rest } = schema;
  return JSON.stringify(rest);
}
