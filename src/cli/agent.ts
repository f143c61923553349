import { isatty } from "node:tty";
import { defineCall } from "../call/define-call.ts";
import { effectiveLimits } from "../call/effective-limits.ts";
import type { AgentInput } from "../callees/agent/input.ts";
import type { AgentKind } from "../core/callee-kind.ts";
import type { Callee } from "../core/callee.ts";
import { awaitedResource, contractOf } from "./call-options.ts";
import type { AGENT_GROUPS } from "./interface/agent.ts";
import type { ValuesOf } from "./interface/command.ts";
import type { Given } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";
import { withPipedPrompt } from "./piped-prompt.ts";
import { applyLogLevel, textOf } from "./run.ts";
import { outcomePlace, settleCall } from "./settle.ts";
import { CallView } from "./terminal/call-view.ts";

/** The command line of an agent. */
export interface AgentLine<Values extends ValuesOf<typeof AGENT_GROUPS>> {
  readonly kind: AgentKind;
  readonly parsed: {
    readonly given: Given;
    readonly operands: readonly string[];
    readonly values: () => Values;
  };
  /** @throws UsageError for a value that only this agent's options can have */
  calleeOf(flags: Values, view: Pick<CallView, "onStderr" | "onEvent">): Callee<AgentInput, string>;
}

/** Asks an agent: the prompt is the argument, or comes on stdin. */
export async function askAgent<Values extends ValuesOf<typeof AGENT_GROUPS>>(
  line: AgentLine<Values>,
): Promise<number> {
  const { kind, parsed } = line;
  const place = outcomePlace(parsed.given["outcome-file"]);
  const flags = parsed.values();
  applyLogLevel(flags["log-level"]);
  const name = flags.name ?? kind;
  const view = new CallView({ name, kind, stderr: flags.stderr, resource: awaitedResource(flags) });
  const asked = line.calleeOf(flags, view);
  const contract = await contractOf(flags, asked.reportsCost === true);
  const [argument] = parsed.operands;
  const isPiped = argument === undefined || flags.stdin;
  if (isPiped && isatty(0)) throw new UsageError("there is no prompt; give it as an argument or on stdin");
  const callee = isPiped ? withPipedPrompt(asked, argument, flags["max-input"]) : asked;
  const options = { name, callee: view.watch(callee), ...contract } as Parameters<
    typeof defineCall<AgentInput, string, object>
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
export function toolsOf(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  return value
    .split(/,(?![^(]*\))/)
    .map((tool) => tool.trim())
    .filter((tool) => tool !== "");
}
