/** An event of `claude --output-format stream-json`. Its other fields are as the CLI printed them, and change with versions. */
export interface ClaudeEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly [field: string]: unknown;
}

export interface PermissionDenial {
  readonly tool_name?: string;
  readonly tool_use_id?: string;
  readonly tool_input?: unknown;
}

/** The event that ends a turn (`SDKResultMessage` of the official SDK, and the CLI's own output at 2.1.329). */
export interface ResultEvent extends ClaudeEvent {
  readonly type: "result";
  readonly is_error?: boolean;
  readonly result?: string;
  readonly structured_output?: unknown;
  readonly session_id?: string;
  readonly total_cost_usd?: number;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly modelUsage?: Readonly<Record<string, unknown>>;
  readonly stop_reason?: string | null;
  readonly terminal_reason?: string;
  readonly api_error_status?: number | null;
  readonly api_error_type?: string;
  readonly api_error?: string;
  readonly errors?: readonly string[];
  readonly num_turns?: number;
  readonly permission_denials?: readonly PermissionDenial[];
  readonly result_index?: number;
}

/** The events of a line: none when it is not one, several when it is a list (`viewMode: "verbose"` prints lists). */
export function eventsOf(line: string): ClaudeEvent[] {
  const first = line[0];
  if (first !== "{" && first !== "[") return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // A banner, a warning, or a line that was cut off; the transcript keeps count of it.
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(isEvent);
}

function isEvent(value: unknown): value is ClaudeEvent {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}
