import type { AgentEvent } from "../agent/events.ts";

/** One event of `gemini --output-format stream-json`. */
export interface GeminiEvent extends AgentEvent {
  readonly session_id?: string;
  readonly role?: string;
  readonly content?: string;
  readonly status?: string;
}
