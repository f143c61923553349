import { text as readAll } from "node:stream/consumers";
import pTimeout from "p-timeout";
import { defineCall } from "../call/define-call.ts";
import { parseDuration } from "../call/duration.ts";
import { claude, type ClaudeInput } from "../callees/claude/claude.ts";
import type { ClaudeDetails } from "../callees/claude/details.ts";
import {
  CALL_FLAGS,
  contractOf,
  parseCommandLine,
  processOptionsOf,
  text,
  wholeNumber,
} from "./call-options.ts";
import { applyLogLevel, textOf } from "./run.ts";
import { settleCall } from "./settle.ts";
import { UsageError } from "./usage.ts";

const FLAGS = {
  ...CALL_FLAGS,
  model: { type: "string" },
  tools: { type: "string" },
  "allowed-tools": { type: "string" },
  "disallowed-tools": { type: "string" },
  "max-turns": { type: "string" },
  "max-budget-usd": { type: "string" },
  "system-prompt": { type: "string" },
  "append-system-prompt": { type: "string" },
  "permission-mode": { type: "string" },
  "permission-denials": { type: "string" },
  resume: { type: "string" },
  marker: { type: "boolean", default: false },
  "claude-bin": { type: "string" },
} as const;

/** `hardcall claude --timeout D [options] [prompt]`, or the prompt on stdin. */
export async function main(argv: string[]): Promise<number> {
  const { values: flags, rest } = parseCommandLine(argv, FLAGS);
  if (rest.length > 1) throw new UsageError("give one prompt, in quotes, after the flags");
  applyLogLevel(text(flags["log-level"]));
  const contract = await contractOf(flags);
  const maxTurns = text(flags["max-turns"]);
  const budget = text(flags["max-budget-usd"]);
  const callee = claude({
    ...processOptionsOf(flags),
    model: flags.model,
    tools: listOf(flags.tools),
    allowedTools: listOf(flags["allowed-tools"]),
    disallowedTools: listOf(flags["disallowed-tools"]),
    maxTurns: maxTurns === undefined ? undefined : wholeNumber("--max-turns", maxTurns),
    maxBudgetUsd: budget === undefined ? undefined : dollars(budget),
    systemPrompt: flags["system-prompt"],
    appendSystemPrompt: flags["append-system-prompt"],
    permissionMode: flags["permission-mode"],
    permissionDenials: flags["permission-denials"] as "fail" | "allow" | undefined,
    resume: flags.resume,
    marker: flags.marker,
    claudePath: flags["claude-bin"],
  });
  const name = text(flags.name) ?? "claude";
  const options = { name, callee, ...contract } as Parameters<
    typeof defineCall<ClaudeInput, string, ClaudeDetails>
  >[0];
  const call = defineCall(options);
  const prompt = await promptFrom(rest[0], flags.stdin, contract.timeout.total);
  return settleCall({
    name,
    run: () => call.settle(prompt),
    output: textOf,
    outcomeFile: text(flags["outcome-file"]),
  });
}

/** Tools separated by commas that are not inside parentheses: `Read,Bash(git log:*)`. An empty list is none. */
function listOf(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  return value
    .split(/,(?![^(]*\))/)
    .map((tool) => tool.trim())
    .filter((tool) => tool !== "");
}

function dollars(value: string): number {
  const amount = Number(value);
  if (value.trim() !== "" && Number.isFinite(amount) && amount > 0) return amount;
  throw new UsageError(`--max-budget-usd is ${JSON.stringify(value)}; give US dollars, such as 0.50`);
}

/** With both, stdin comes after the argument, as `claude -p` has it. Whoever pipes nothing must not hang us. */
async function promptFrom(argument: string | undefined, alsoStdin: boolean, total: string): Promise<string> {
  if (argument !== undefined && !alsoStdin) return argument;
  if (process.stdin.isTTY) throw new UsageError("there is no prompt; give it as an argument or on stdin");
  const limit = parseDuration(total);
  const milliseconds = "ms" in limit ? limit.ms : 1000;
  try {
    const piped = await pTimeout(readAll(process.stdin), { milliseconds });
    return argument === undefined ? piped : `${argument}\n${piped}`;
  } catch {
    // Still being read, it would keep us here for as long as its writer likes.
    process.stdin.destroy();
    throw new UsageError(
      "stdin did not end within the timeout, so the prompt is not complete; nothing was started",
    );
  }
}
