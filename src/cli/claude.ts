import { claude } from "../callees/claude/claude.ts";
import { askAgent, toolsOf } from "./agent.ts";
import { processOptionsOf } from "./call-options.ts";
import { CLAUDE } from "./interface/claude.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";

/** `hardcall claude --timeout D [options] [prompt]`, or the prompt on stdin. */
export const main = (argv: string[]): Promise<number> =>
  askAgent({
    kind: "claude",
    parsed: parse(CLAUDE, argv),
    calleeOf: (flags, { onStderr, onEvent }) =>
      claude({
        ...processOptionsOf(flags),
        model: flags.model,
        tools: toolsOf(flags.tools),
        allowedTools: toolsOf(flags["allowed-tools"]),
        disallowedTools: toolsOf(flags["disallowed-tools"]),
        maxTurns: flags["max-turns"],
        maxBudgetUsd: dollars(flags["max-budget-usd"]),
        systemPrompt: flags["system-prompt"],
        appendSystemPrompt: flags["append-system-prompt"],
        permissionMode: flags["permission-mode"],
        permissionDenials: flags["permission-denials"],
        resume: flags.resume,
        marker: flags.marker,
        claudePath: flags["claude-bin"],
        onStderr,
        onEvent,
      }),
  });

function dollars(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const amount = Number(value);
  if (/^[\d.]+$/.test(value) && Number.isFinite(amount) && amount > 0) return amount;
  throw new UsageError(`--max-budget-usd is ${JSON.stringify(value)}; give US dollars, such as 0.50`);
}
