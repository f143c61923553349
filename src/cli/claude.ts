import { isatty } from "node:tty";
import { defineCall } from "../call/define-call.ts";
import { MAX_INPUT } from "../process/host-stdin.ts";
import { claude, type ClaudeInput } from "../callees/claude/claude.ts";
import type { ClaudeDetails } from "../callees/claude/details.ts";
import {
  CALL_FLAGS,
  contractOf,
  maxInputOf,
  parseCommandLine,
  processOptionsOf,
  text,
  wholeNumber,
} from "./call-options.ts";
import { withPipedPrompt } from "./piped-prompt.ts";
import { applyLogLevel, textOf } from "./run.ts";
import { outcomePlace, settleCall } from "./settle.ts";
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
  const place = outcomePlace(text(flags["outcome-file"]));
  if (rest.length > 1) throw new UsageError("give one prompt, in quotes, after the flags");
  applyLogLevel(text(flags["log-level"]));
  const contract = await contractOf(flags);
  const maxTurns = text(flags["max-turns"]);
  const budget = text(flags["max-budget-usd"]);
  const asked = claude({
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
  const [argument] = rest;
  const isPiped = argument === undefined || flags.stdin;
  if (isPiped && isatty(0)) throw new UsageError("there is no prompt; give it as an argument or on stdin");
  const callee = isPiped ? withPipedPrompt(asked, argument, maxInputOf(flags) ?? MAX_INPUT) : asked;
  const options = { name, callee, ...contract } as Parameters<
    typeof defineCall<ClaudeInput, string, ClaudeDetails>
  >[0];
  const call = defineCall(options);
  return settleCall({
    name,
    run: () => call.settle(argument ?? ""),
    output: textOf,
    place,
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
  if (/^[\d.]+$/.test(value) && Number.isFinite(amount) && amount > 0) return amount;
  throw new UsageError(`--max-budget-usd is ${JSON.stringify(value)}; give US dollars, such as 0.50`);
}
