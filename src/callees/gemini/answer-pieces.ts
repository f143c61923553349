/** More than any output that hardcall keeps (`maxOutput`); a longer string would throw in Node. */
const MOST_CHARACTERS = 512 * 1024 * 1024 - 25;

/**
 * gemini waits at least a second before it asks once more for an answer that broke off. Pieces that are closer together belong to
 * one answer, so a long answer is few pieces.
 */
const RETRY_GAP_MS = 500;

interface Piece {
  /** When its last part was printed, in milliseconds since 1970. `NaN` if the event does not tell. */
  until: number;
  text: string;
}

/** The text that the model has written since its last tool call. */
export class AnswerPieces {
  #pieces: Piece[] = [];
  #characters = 0;

  add(text: string, at: number): void {
    this.#characters += text.length;
    if (this.#characters > MOST_CHARACTERS) return;
    const last = this.#pieces.at(-1);
    // Without both times the difference is NaN, and the two are one piece.
    if (last === undefined || at - last.until > RETRY_GAP_MS) this.#pieces.push({ until: at, text });
    else {
      last.text += text;
      last.until = at;
    }
  }

  /** What came before a tool call belongs to the work, not to the answer. */
  clear(): void {
    this.#pieces = [];
    this.#characters = 0;
  }

  get text(): string {
    return this.after(undefined);
  }

  /**
   * The text without what the model wrote before a retry: gemini prints a broken answer and the next one as if they were one.
   *
   * @param retriedAt milliseconds since 1970
   */
  after(retriedAt: number | undefined): string {
    const kept = this.#pieces.filter(({ until }) => retriedAt === undefined || !(until <= retriedAt));
    return kept.map(({ text }) => text).join("");
  }
}
