/** More than any output that hardcall keeps (`maxOutput`); a longer string would throw in Node. */
const MOST_CHARACTERS = 512 * 1024 * 1024 - 25;

/**
 * gemini waits at least a second before it asks once more for an answer that broke off. Pieces that are closer together belong to
 * one answer, so a long answer is few pieces.
 */
const RETRY_GAP_MS = 500;

/** Times are in milliseconds since 1970; `NaN` if the events do not tell. */
interface Piece {
  readonly since: number;
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
    if (last === undefined || at - last.until > RETRY_GAP_MS)
      this.#pieces.push({ since: at, until: at, text });
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
    return joined(this.#pieces);
  }

  /**
   * The text without what the model wrote before a retry: gemini prints a broken answer and the next one as if they were one.
   *
   * @param retriedAt milliseconds since 1970
   * @returns `undefined` if the times do not tell where the next answer begins
   */
  after(retriedAt: number | undefined): string | undefined {
    if (retriedAt === undefined || this.#pieces.length === 0) return this.text;
    const kept = this.#pieces.filter(({ since }) => since > retriedAt);
    const dropped = this.#pieces.filter(({ until }) => until <= retriedAt);
    const isClear = kept.length > 0 && kept.length + dropped.length === this.#pieces.length;
    return isClear ? joined(kept) : undefined;
  }
}

const joined = (pieces: readonly Piece[]) => pieces.map(({ text }) => text).join("");
