import { oneTime, type Marker } from "../agent/marker.ts";

/** gemini has no option for a schema, so the prompt asks for it; hardcall validates the answer. */
export function askForJson(prompt: string, schema: string | undefined): string {
  const fitting = schema === undefined ? "" : ` that fits this JSON Schema:\n${schema}`;
  return `${prompt}\n\nAnswer with nothing but one JSON value${fitting === "" ? "." : fitting}`;
}

/**
 * A first and a last line that the prompt asks for. gemini prints a broken answer and the one after it as one text: then the first
 * line is there twice, and the answer follows the last.
 */
export function firstAndLastLine(): Marker {
  const [first, last] = [oneTime("BEGIN"), oneTime("END")];
  return {
    ask: (prompt) =>
      `${prompt}\n\nBegin the answer with one line that holds nothing but this:\n${first}\nWhen the whole answer is written, end it with one more line that holds nothing but this:\n${last}`,
    strip(answer) {
      const from = answer.lastIndexOf(first);
      const trimmed = answer.trimEnd();
      if (from === -1 || !trimmed.endsWith(last)) return undefined;
      return trimmed.slice(from + first.length, -last.length).trim();
    },
  };
}

/**
 * gemini runs a prompt that begins with a slash as a command of its own: `/quit` ends it, and a file in `~/.gemini/commands` replaces
 * the prompt. A space before it makes it a prompt.
 */
export const asPrompt = (prompt: string): string => (prompt.startsWith("/") ? ` ${prompt}` : prompt);
