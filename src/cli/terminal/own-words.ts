import type { ClaudeEvent } from "../../callees/claude/events.ts";
import { startOf, visible } from "./visible.ts";

const CHARACTERS = 200;

/**
 * What claude says about an error of its own, such as "Credit balance is too low". Only what it marks as that: the answer of the
 * model, and what came of the prompt, is not among it. For the person at the command line; no message, log or record holds it.
 */
export class OwnWords {
  #isApiError = false;
  #words: string | undefined;

  see(event: ClaudeEvent): void {
    // The message that stands for an API error; its text is the result's (observed on 2.1.329).
    if (event.type === "assistant") this.#isApiError ||= typeof event["error"] === "string";
    if (event.type !== "result" || event["is_error"] !== true) return;
    const { subtype, result, errors } = event;
    const isRunError = subtype?.startsWith("error_") === true && Array.isArray(errors);
    const words: unknown = isRunError ? errors[0] : this.#isApiError ? result : undefined;
    if (typeof words === "string" && words.trim() !== "") this.#words = words.trim();
  }

  /** The next attempt speaks for itself. */
  next(): void {
    this.#isApiError = false;
    this.#words = undefined;
  }

  /** A line to be shown below the reason of a failure, or nothing. */
  get line(): string {
    if (this.#words === undefined) return "";
    const shown = visible(this.#words);
    return `    claude says: ${shown.length > CHARACTERS ? `${startOf(shown, CHARACTERS)}…` : shown}\n`;
  }
}
