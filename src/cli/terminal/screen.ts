import { writeSync } from "node:fs";
import { HarmlessStream } from "./harmless-stream.ts";
import type { StderrWriter } from "./stderr-writer.ts";

/** What stderr is, as far as the screen needs it. */
export interface ScreenOptions {
  readonly writer: StderrWriter;
  /** Whether a child's colours go through. */
  readonly colours: boolean;
  /** How many characters a line of the terminal holds. */
  readonly columns: () => number;
  /** Whether the terminal is ours: a job in the background must not draw into what the shell shows. */
  readonly isForeground: () => boolean;
}

/** A child's stderr as it comes, and below it one line that changes. The line is drawn only where the child has left no half line. */
export class Screen {
  readonly #options: ScreenOptions;
  #child: HarmlessStream;
  /** The line as it stands on the terminal. */
  #drawn = "";

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#child = new HarmlessStream(options.colours);
  }

  /** Shows what the child printed. */
  show(chunk: Uint8Array): void {
    const { writer } = this.#options;
    if (writer.isFull) return writer.leaveOut(chunk.length);
    writer.write(this.#erase() + this.#child.push(chunk));
  }

  /** The child has ended: what it left half is made whole. */
  endChild(): void {
    this.#options.writer.write(this.#erase() + this.#child.end());
    this.#child = new HarmlessStream(this.#options.colours);
  }

  /** A line of hardcall's own that stays. */
  say(line: string): void {
    this.#options.writer.write(`${this.#erase()}${line}\n`);
  }

  /** Draws the line anew; a line that is too long is cut. */
  draw(text: string): void {
    const { writer, columns, isForeground } = this.#options;
    // The last column stays free: a terminal would go on to the next line there.
    const line = text.slice(0, Math.max(0, columns() - 1));
    if (line === this.#drawn) return;
    // A terminal that is behind would show old lines, one after the other.
    if (writer.isBehind || !this.#child.isAtLineStart || !isForeground()) return;
    writer.write(this.#erase() + line);
    this.#drawn = line;
  }

  /** Takes the line away, such as because the terminal is another's now. */
  clear(): void {
    this.#options.writer.write(this.#erase());
  }

  /** The same at once, for a process that is about to stop or to end. A terminal that takes nothing would keep it from that. */
  clearNow(): void {
    if (this.#options.writer.isBehind) return;
    const erase = this.#erase();
    try {
      if (erase !== "") writeSync(2, erase);
    } catch {
      // The terminal is gone, and the line with it.
    }
  }

  /** A terminal that became narrower has broken the line into several; the cursor is in the last of them. */
  #erase(): string {
    if (this.#drawn === "") return "";
    const rows = Math.ceil(this.#drawn.length / Math.max(1, this.#options.columns()));
    this.#drawn = "";
    return rows > 1 ? `\r\u001B[${rows - 1}A\u001B[J` : "\r\u001B[K";
  }
}
