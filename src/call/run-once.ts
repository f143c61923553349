import path from "node:path";
import type { ClaudeOptions } from "../callees/claude/arguments.ts";
import { claude } from "../callees/claude/claude.ts";
import type { AgentInput } from "../callees/agent/input.ts";
import type { ClaudeDetails } from "../callees/claude/details.ts";
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

/**
 * Runs `claude -p` once, without a key and without retries.
 *
 * @example
 * const { value } = await runClaude("Write the post", { timeout: "10m" });
 *
 * @throws CallError whose `code` says what went wrong; ConfigError (`invalid_config`) when nothing was started
 */
export async function runClaude(
  input: AgentInput,
  options: RunClaudeOptions,
): Promise<CallResult<string, ClaudeDetails>> {
  const { timeout, signal, name, resource, onBusy, journal, ...rest } = options ?? {};
  const call = defineCall({
    name: name ?? "claude",
    callee: claude(rest),
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
