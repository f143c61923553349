/** A one-time text that only the answer to the whole prompt can hold. */
export interface Marker {
  /** The prompt with the request for the marker. */
  ask(prompt: string): string;
  /** The answer without the marker, or `undefined` if it does not hold it as asked. */
  strip(answer: string): string | undefined;
}

/** A last line that the prompt asks for. An answer without it was cut off, or the end of the prompt was lost. */
export function lastLine(): Marker {
  const marker = oneTime("END");
  return {
    ask: (prompt) =>
      `${prompt}\n\nWhen the whole answer is written, end it with one more line that holds nothing but this:\n${marker}`,
    strip(answer) {
      const trimmed = answer.trimEnd();
      return trimmed.endsWith(marker) ? trimmed.slice(0, -marker.length).trimEnd() : undefined;
    },
  };
}

/** A line that no other prompt has asked for. */
export const oneTime = (place: string): string =>
  `HARDCALL-${place}-${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
