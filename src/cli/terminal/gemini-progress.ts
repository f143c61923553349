import type { AgentEvent } from "../../callees/agent/events.ts";
import { fieldsOf, numberOf, toolName, type AgentProgress } from "./agent-events.ts";
import type { AgentStatus } from "./status-line.ts";

/** How far a gemini run has come. Its tokens come with the result. */
export class GeminiProgress implements AgentProgress {
  #tool: string | undefined;
  #tokens = 0;

  see(event: AgentEvent): void {
    if (event.type === "tool_use") this.#tool = toolName(event["tool_name"]);
    if (event.type === "tool_result") this.#tool = undefined;
    if (event.type === "result") this.#tokens = numberOf(fieldsOf(event["stats"])["total_tokens"]);
  }

  next(): void {
    this.#tool = undefined;
    this.#tokens = 0;
  }

  get status(): AgentStatus {
    return { tool: this.#tool, turns: 0, tokens: this.#tokens, costUsd: undefined };
  }
}
