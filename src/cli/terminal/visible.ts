/** Control characters, line separators, and the marks that turn the direction of the text behind them round. */
const INVISIBLE = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

const SHORT: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/**
 * Foreign text as one line that only shows: an escape sequence in a child's stderr could set the terminal's title, hide lines or
 * write others in their place.
 */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => SHORT[character] ?? escape(character));
}

/** The first `length` UTF-16 units; one less where that would cut a character in two. */
export const startOf = (text: string, length: number): string =>
  text.slice(
    0,
    /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(length - 1, length + 1)) ? length - 1 : length,
  );

/** JSON escapes what is below U+0020 by itself; a terminal also heeds U+0080 to U+009F. */
export function visibleJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return json.replaceAll(INVISIBLE, (character) => (character === "\n" ? character : unicode(character)));
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicode(character);
}

const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
