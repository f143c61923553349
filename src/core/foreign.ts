/** Bytes, also those of another realm (`node:vm`, a test runner), which are no instance of our own `Uint8Array`. */
export const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";

/**
 * JSON that others wrote: with a byte order mark before it, too, as Windows tools write it (RFC 8259, section 8.1, lets a parser
 * ignore it).
 *
 * @throws SyntaxError whose message quotes the text
 */
export function parseForeignJson(text: string): unknown {
  return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text) as unknown;
}
