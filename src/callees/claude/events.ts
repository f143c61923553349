import { parseForeignJson } from "../../core/foreign.ts";
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

/** The events of a line: none when it is not one, several when it is a list (`viewMode: "verbose"` prints lists). */
export function eventsOf(line: string): ClaudeEvent[] {
  const first = line[0];
  if (first !== "{" && first !== "[") return [];
  let parsed: unknown;
  try {
    parsed = parseForeignJson(line);
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
