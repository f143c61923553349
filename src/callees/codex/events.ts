import type { AgentEvent } from "../agent/events.ts";

/** One event of `codex exec --json`. */
export interface CodexEvent extends AgentEvent {
  readonly thread_id?: string;
  readonly item?: Readonly<Record<string, unknown>>;
}
