import { parseForeignJson } from "../../core/foreign.ts";

/** One event of an agent's output in JSON lines. The other fields are as the CLI prints them; they change between versions. */
export interface AgentEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The events of a line: none if it is no event, several if it is a list (claude's `viewMode: "verbose"` prints lists). */
export function eventsOf<Event extends AgentEvent>(line: string): Event[] {
  const first = line[0];
  if (first !== "{" && first !== "[") return [];
  let parsed: unknown;
  try {
    parsed = parseForeignJson(line);
  } catch {
    // A banner, a warning, or a line that was cut off; the transcript counts it.
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(isEvent) as Event[];
}

function isEvent(value: unknown): value is AgentEvent {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}
