import path from "node:path";
import type { ClaudeOptions } from "../callees/claude/arguments.ts";
import { claude } from "../callees/claude/claude.ts";
import type { AgentInput } from "../callees/agent/input.ts";
import type { ClaudeDetails } from "../callees/claude/details.ts";
import { codex } from "../callees/codex/codex.ts";
import type { CodexDetails } from "../callees/codex/details.ts";
import type { CodexOptions } from "../callees/codex/options.ts";
import { gemini } from "../callees/gemini/gemini.ts";
import type { GeminiDetails } from "../callees/gemini/details.ts";
import type { GeminiOptions } from "../callees/gemini/options.ts";
import type { Callee } from "../core/callee.ts";
import type { AgentKind } from "../core/callee-kind.ts";
import { command, type CommandOptions } from "../callees/command.ts";
import type { Timeout } from "./contract-options.ts";
import { defineCall } from "./define-call.ts";
import type { CallResult } from "../core/result.ts";
import type { Resource } from "../resources/options.ts";
import { sharesVariables } from "./effective-limits.ts";

/** The options of a one-off call, beside those of its callee. */
export interface RunOnceOptions {
  readonly timeout: Timeout;
  readonly signal?: AbortSignal | undefined;
  /** @default derived from the command's name: `pg_dump` gives `pg-dump` */
  readonly name?: string | undefined;
  /** The limits that this call shares with others: what `defineResource()` returned. They are in the default ledger. */
  readonly resource?: Resource | undefined;
  /** What to do while all places of the resource are taken: wait for one within the timeout, or fail at once. @default "wait" */
  readonly onBusy?: "wait" | "fail" | undefined;
  /** Whether the journal of the default ledger has a row for the call. @default false; true with a `resource`, or with `HARDCALL_JOURNAL=1` */
  readonly journal?: boolean | undefined;
}

export type RunCommandOptions = RunOnceOptions & CommandOptions<void>;

/**
 * Runs a command once, without a key and without retries.
 *
 * @example
 * const { value } = await runCommand("pg_dump", ["prod"], { timeout: "1h" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CallResult<string>> {
  const { timeout, signal, name, resource, onBusy, journal, ...rest } = options ?? {};
  const call = defineCall({
    name: name ?? nameOfCommand(file),
    callee: command(file, args, rest),
    timeout,
    effects: "once",
    resource,
    onBusy,
    journal,
  });
  return call(undefined, { signal });
}

export type RunClaudeOptions = RunOnceOptions & ClaudeOptions;
export type RunCodexOptions = RunOnceOptions & CodexOptions;
export type RunGeminiOptions = RunOnceOptions & GeminiOptions;

/**
 * Runs `claude -p` once, without a key and without retries.
 *
 * @example
 * const { value } = await runClaude("Write the post", { timeout: "10m" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export function runClaude(
  input: AgentInput,
  options: RunClaudeOptions,
): Promise<CallResult<string, ClaudeDetails>> {
  return runAgentOnce("claude", claude, input, options);
}

/**
 * Runs `codex exec` once, without a key and without retries.
 *
 * @example
 * const { value } = await runCodex("Write the post", { timeout: "10m", sandbox: "read-only" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export function runCodex(
  input: AgentInput,
  options: RunCodexOptions,
): Promise<CallResult<string, CodexDetails>> {
  return runAgentOnce("codex", codex, input, options);
}

/**
 * Runs `gemini` without a terminal once, without a key and without retries.
 *
 * @example
 * const { value } = await runGemini("Write the post", { timeout: "10m", model: "gemini-2.5-pro" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export function runGemini(
  input: AgentInput,
  options: RunGeminiOptions,
): Promise<CallResult<string, GeminiDetails>> {
  return runAgentOnce("gemini", gemini, input, options);
}

async function runAgentOnce<Options extends object, Details extends object>(
  kind: AgentKind,
  agent: (options: Options) => Callee<AgentInput, string, Details>,
  input: AgentInput,
  options: RunOnceOptions & Options,
): Promise<CallResult<string, Details>> {
  const { timeout, signal, name, resource, onBusy, journal, ...rest } = options ?? {};
  const call = defineCall({
    name: name ?? kind,
    callee: agent(rest as unknown as Options),
    timeout,
    effects: "once",
    resource,
    onBusy,
    journal,
  });
  return call(input, { signal });
}

/** A call's name from a command's: `pg_dump` gives `pg-dump`. */
export function nameOfCommand(file: unknown): string {
  const base = typeof file === "string" ? path.basename(file).toLowerCase() : "";
  const name = base.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  const short = name.slice(0, 64).replace(/-+$/, "") || "command";
  // defineCall refuses a name that shares its variables with another. The caller did not choose this one, so it is changed.
  return sharesVariables(short) ? `${short.slice(0, 56)}-command` : short;
}
