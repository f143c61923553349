import type { Kinds } from "../../core/options.ts";
import type { StandardSchema } from "../../core/standard-schema.ts";
import { PROCESS_OPTIONS, type ProcessOptions } from "../subprocess/options.ts";
import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { ClaudeEvent } from "./events.ts";

export interface ClaudeOptions extends ProcessOptions {
  readonly model?: string | undefined;
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
  /** The id of a session to continue. */
  readonly resume?: string | undefined;
  readonly permissionMode?: string | undefined;
  /** What a denied tool call means: the call fails (`permission_denied`), or nothing. @default "fail" */
  readonly permissionDenials?: "fail" | "allow" | undefined;
  /**
   * Asks for a random last line and removes it from the answer. An answer without it is `truncated_output`. This is the only check that
   * finds a fluent answer to a lost prompt, or to half of one.
   *
   * @default false
   */
  readonly marker?: boolean | undefined;
  /** The executable. @default "claude", found on PATH */
  readonly claudePath?: string | undefined;
  /** Further flags, as the CLI takes them. */
  readonly extraArgs?: readonly string[] | undefined;
  /** Called with each event while claude runs. */
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
  add("--resume", resume ?? options.resume);
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

/** The contract's schema as JSON Schema text, if its library can convert it (Standard JSON Schema, zod from 4.2). */
export function jsonSchemaOf(output: StandardSchema | undefined): string | undefined {
  const schema = output?.["~standard"].jsonSchema?.input({ target: "draft-07" });
  if (schema === undefined) return undefined;
  const { $schema: _, ...rest } = schema;
  return JSON.stringify(rest);
}
