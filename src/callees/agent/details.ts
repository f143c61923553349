/** A tool call that the agent was not allowed to make. Which fields are known depends on the agent. */
export interface PermissionDenial {
  readonly tool_name?: string;
  readonly tool_use_id?: string;
  readonly tool_input?: unknown;
}

/** What an agent reports about a run; part of the result beside `value`. */
export interface AgentDetails {
  /** The text of the answer, without the marker. */
  readonly text: string;
  /** The structured answer, unvalidated; for agents that give it apart from the text. */
  readonly structured?: unknown;
  /** The session that a later call can continue with `resume`. */
  readonly sessionId?: string | undefined;
  /** US dollars, as the CLI reports them; only claude does. */
  readonly costUsd?: number | undefined;
  /** Tokens, by the names that the agent gives them. */
  readonly usage?: Readonly<Record<string, unknown>> | undefined;
  readonly model?: string | undefined;
  readonly permissionDenials: readonly PermissionDenial[];
}
