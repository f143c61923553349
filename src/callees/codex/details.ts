import type { AgentDetails } from "../agent/details.ts";
import type { CodexTokens } from "./tokens.ts";

/** What codex reports about a run; part of the result beside `value`. */
export interface CodexDetails extends AgentDetails {
  /**
   * CodexTokens of this run, such as `input_tokens` and `output_tokens`. Absent for a resumed thread if codex does not log them: its own
   * count is that of the whole thread.
   */
  readonly usage?: CodexTokens | undefined;
  /** CodexTokens of the whole thread, this run and all before it. */
  readonly threadUsage?: CodexTokens | undefined;
}
