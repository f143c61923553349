import { isRecord } from "../../normalise.ts";

/** The same flag given again by a later line counts: the last message is the answer. */
export function spokenIn(event: Readonly<Record<string, unknown>>): string[] {
  const { item } = event;
  if (event["type"] !== "item.completed" || !isRecord(item)) return [];
  const { type, text } = item;
  return type === "agent_message" && typeof text === "string" ? ["--text", text] : [];
}
