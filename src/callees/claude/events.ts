import { parseForeignJson } from "../../core/foreign.ts";

/** One event of `claude --output-format stream-json`. The other fields are as the CLI prints them; they change between versions. */
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

/** The events of a line: none if it is no event, several if it is a list (`viewMode: "verbose"` prints lists). */
export function eventsOf(line: string): ClaudeEvent[] {
  const first = line[0];
  if (first !== "{" && first !== "[") return [];
  let parsed: unknown;
  try {
    parsed = parseForeignJson(line);
  } catch {
    // A banner, a warning, or a line that was cut off; the transcript counts it.
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(isEvent);
}

function isEvent(value: unknown): value is ClaudeEvent {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}
