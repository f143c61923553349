import type { AgentEvent } from "../agent/events.ts";

/** One event of `gemini --output-format stream-json`. The other fields are as the CLI prints them; they change between versions. */
export interface GeminiEvent extends AgentEvent {
  readonly timestamp?: string;
  readonly session_id?: string;
  readonly role?: string;
  readonly content?: string;
  readonly status?: string;
}
