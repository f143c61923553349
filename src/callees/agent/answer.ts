import { blankFailure } from "../../core/blank.ts";
import type { Failure } from "../../core/callee.ts";
import type { Marker } from "./marker.ts";

/** The text of an answer without its marker, or why it is none. */
export type AnswerText = { readonly text: string } | { readonly failure: Failure };

/**
 * @param mayBeBlank the answer is elsewhere, such as in a field of its own
 */
export function answerText(
  answer: string,
  { marker, mayBeBlank = false }: { readonly marker: Marker | undefined; readonly mayBeBlank?: boolean },
): AnswerText {
  const text = marker === undefined ? answer : marker.strip(answer);
  if (text === undefined) {
    const message =
      "answered without the last line that the prompt asked for; the prompt or the answer was cut off or lost";
    const blank = blankFailure(answer, "answered with");
    return { failure: blank ?? { code: "truncated_output", message, effect: "completed" } };
  }
  const blank = mayBeBlank ? undefined : blankFailure(text, "answered with");
  return blank === undefined ? { text } : { failure: blank };
}
