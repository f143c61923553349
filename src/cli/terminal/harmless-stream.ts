import { visible } from "./visible.ts";

// Escape codes are what these look for.
/* oxlint-disable no-control-regex */

/** Colours and weights (Select Graphic Rendition): the only escape codes of a child that a terminal gets. */
const COLOUR = /^\u001B\[[\d;:]*m$/;

/** A whole escape sequence: CSI, then the strings (OSC, DCS, SOS, PM, APC) with their end, then the short ones (ECMA-48). */
const SEQUENCE =
  /\u001B\[[0-?]*[ -/]*[@-~]|\u001B[\]PX^_][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)|\u001B[ -/]*[0-OQ-WYZ`-~\\]/g;

/** The beginning of one, at the end of a chunk. */
const BEGINNING = /\u001B(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001B\u009C]*\u001B?|[ -/]*)$/;

/** A beginning that is longer is text. An address in a link is the longest that a child prints in earnest. */
const LONGEST_SEQUENCE = 2048;

const RESET = "\u001B[0m";

/**
 * A child's output for a terminal, as it comes: text, line breaks, tabs and colours go through. Other escape codes are left out,
 * and other control characters become visible, so that the child cannot move the cursor, set the title or hide a line. A colour
 * ends with its line, so that it never runs into the lines of others.
 */
export class HarmlessStream {
  readonly #colours: boolean;
  /** Holds back a character whose last bytes are still to come. */
  readonly #decoder = new TextDecoder();
  #beginning = "";
  #isColoured = false;
  /** Nothing stands on the line where the next text goes. */
  isAtLineStart = true;

  /** @param colours whether colours go through too */
  constructor(colours: boolean) {
    this.#colours = colours;
  }

  push(chunk: Uint8Array): string {
    return this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  /** What was held back, and what gives the terminal back as it was: no colour, and a new line. */
  end(): string {
    const rest = this.#take(this.#decoder.decode()) + visible(this.#beginning);
    if (this.#beginning !== "") this.isAtLineStart = false;
    this.#beginning = "";
    const ended = `${rest}${this.#reset()}${this.isAtLineStart ? "" : "\n"}`;
    this.isAtLineStart = true;
    return ended;
  }

  #take(decoded: string): string {
    const text = this.#beginning + decoded;
    const beginning = BEGINNING.exec(text)?.[0] ?? "";
    this.#beginning = beginning.length > LONGEST_SEQUENCE ? "" : beginning;
    return this.#harmless(text.slice(0, text.length - this.#beginning.length));
  }

  #harmless(text: string): string {
    let out = "";
    let from = 0;
    for (const { 0: sequence, index } of text.matchAll(SEQUENCE)) {
      out += this.#plain(text.slice(from, index));
      from = index + sequence.length;
      if (!this.#colours || !COLOUR.test(sequence)) continue;
      out += sequence;
      this.#isColoured = true;
    }
    return out + this.#plain(text.slice(from));
  }

  #plain(text: string): string {
    if (text === "") return "";
    this.isAtLineStart = text.endsWith("\n");
    return text.replaceAll(/[^\t\r\n]+/g, visible).replaceAll("\n", () => `${this.#reset()}\n`);
  }

  #reset(): string {
    if (!this.#isColoured) return "";
    this.#isColoured = false;
    return RESET;
  }
}
