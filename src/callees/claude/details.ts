import type { AgentDetails } from "../agent/details.ts";

/** What claude reports about a run; part of the result beside `value`. Its `structured` is the CLI's `structured_output`. */
export interface ClaudeDetails extends AgentDetails {
  readonly stopReason?: string | undefined;
  readonly numTurns?: number | undefined;
}
