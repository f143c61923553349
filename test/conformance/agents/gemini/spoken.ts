/** The same flag given again by a later line counts: the last message is the answer. */
export function spokenIn(event: Readonly<Record<string, unknown>>): string[] {
  const { type, role, content } = event;
  return type === "message" && role === "assistant" && typeof content === "string" ? ["--text", content] : [];
}
