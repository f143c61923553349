import type { AgentEvent } from "../agent/events.ts";

/** One event of `claude --output-format stream-json`. */
export interface ClaudeEvent extends AgentEvent {
  readonly subtype?: string;
}
