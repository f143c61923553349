import type { AgentEvent } from "../../callees/agent/events.ts";
import { fieldsOf, numberOf, toolName, type Fields, type AgentProgress } from "./agent-events.ts";
import type { AgentStatus } from "./status-line.ts";

/** How far a codex run has come. While the model writes, codex prints nothing, and tokens come with the end of the turn. */
export class CodexProgress implements AgentProgress {
  #tool: string | undefined;
  #tokens = 0;

  see(event: AgentEvent): void {
    if (event.type === "item.started") this.#tool = toolOf(fieldsOf(event["item"]));
    if (event.type === "item.completed") this.#tool = undefined;
    if (event.type !== "turn.completed") return;
    const usage = fieldsOf(event["usage"]);
    // The other counts of the usage are parts of these two.
    this.#tokens = numberOf(usage["input_tokens"]) + numberOf(usage["output_tokens"]);
  }

  next(): void {
    this.#tool = undefined;
    this.#tokens = 0;
  }

  get status(): AgentStatus {
    return { tool: this.#tool, turns: 0, tokens: this.#tokens, costUsd: undefined };
  }
}

/** A tool of a server by its name, one of codex by the kind of its item, such as `command_execution`. */
const toolOf = ({ type, tool }: Fields) => toolName(type === "mcp_tool_call" ? tool : type);
