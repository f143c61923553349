import { isatty } from "node:tty";
import { defineCall } from "../call/define-call.ts";
import { effectiveLimits } from "../call/effective-limits.ts";
import { claude } from "../callees/claude/claude.ts";
import type { ClaudeInput } from "../callees/claude/input.ts";
import type { ClaudeDetails } from "../callees/claude/details.ts";
import { awaitedResource, contractOf, processOptionsOf } from "./call-options.ts";
import { CLAUDE } from "./interface/claude.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";
import { withPipedPrompt } from "./piped-prompt.ts";
import { applyLogLevel, textOf } from "./run.ts";
import { outcomePlace, settleCall } from "./settle.ts";
import { CallView } from "./terminal/call-view.ts";

/** `hardcall claude --timeout D [options] [prompt]`, or the prompt on stdin. */
export async function main(argv: string[]): Promise<number> {
  const { given, operands, values } = parse(CLAUDE, argv);
  const place = outcomePlace(given["outcome-file"]);
  const flags = values();
  applyLogLevel(flags["log-level"]);
  const contract = await contractOf(flags, true);
  const budget = flags["max-budget-usd"];
  const name = flags.name ?? "claude";
  const view = new CallView({ name, kind: "claude", stderr: flags.stderr, resource: awaitedResource(flags) });
  const asked = claude({
    ...processOptionsOf(flags),
    model: flags.model,
    tools: listOf(flags.tools),
    allowedTools: listOf(flags["allowed-tools"]),
    disallowedTools: listOf(flags["disallowed-tools"]),
    maxTurns: flags["max-turns"],
    maxBudgetUsd: budget === undefined ? undefined : dollars(budget),
    systemPrompt: flags["system-prompt"],
    appendSystemPrompt: flags["append-system-prompt"],
    permissionMode: flags["permission-mode"],
    permissionDenials: flags["permission-denials"],
    resume: flags.resume,
    marker: flags.marker,
    claudePath: flags["claude-bin"],
    onStderr: view.onStderr,
    onEvent: view.onEvent,
  });
  const [argument] = operands;
  const isPiped = argument === undefined || flags.stdin;
  if (isPiped && isatty(0)) throw new UsageError("there is no prompt; give it as an argument or on stdin");
  const callee = isPiped ? withPipedPrompt(asked, argument, flags["max-input"]) : asked;
  const options = { name, callee: view.watch(callee), ...contract } as Parameters<
    typeof defineCall<ClaudeInput, string, ClaudeDetails>
  >[0];
  const call = defineCall(options);
  return settleCall({
    name,
    view,
    limits: effectiveLimits(options, process.env),
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
