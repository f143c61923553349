import { isRecord } from "../../normalise.ts";

/** The same flag given again by a later line counts: the last thing said is the answer. */
export function spokenIn(event: Readonly<Record<string, unknown>>): string[] {
  // Blank text makes no event of its own.
  const { result } = event;
  if (event["is_error"] === false && typeof result === "string" && result !== "") return ["--text", result];
  const message = event["type"] === "assistant" ? event["message"] : undefined;
  // What the CLI itself puts in the model's mouth, an error say, comes from the model <synthetic>.
  if (!isRecord(message) || message["model"] === "<synthetic>" || !Array.isArray(message["content"]))
    return [];
  return message["content"].filter(isRecord).flatMap(({ text, name, input }) => {
    if (typeof text === "string") return ["--text", text];
    if (name === "StructuredOutput") return ["--structured", JSON.stringify(input)];
    if (isRecord(input) && typeof input["command"] === "string") return ["--tool-command", input["command"]];
    return [];
  });
}
