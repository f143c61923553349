import { isUtf8 } from "node:buffer";
import { invisibleBytes, isBlank } from "../core/blank.ts";
import { isHashOfNothing } from "../core/hash-of-nothing.ts";

/** How dedupe identifies content. */
export interface Hashed {
  /** The SHA-256 of the content without its final line feed, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A text of one word up to this length may be a hash that was passed instead of content by mistake. */
const LONGEST_HASH = 160;

/**
 * Hashes content, or says why it is no content: all empty outputs have the same hash, so each would count as a duplicate of the first.
 * One final line feed does not count, because shells add and remove it.
 */
export function hashContent(
  content: string | Uint8Array | null | undefined,
): Hashed | { readonly nothing: string } {
  if (content === undefined || content === null) return { nothing: `${content}, not text or bytes` };
  const given =
    typeof content === "string"
      ? Buffer.from(content)
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const bytes = given.length === 0 ? "nothing at all" : `${given.length} bytes`;
  if (isUtf8(given)) {
    const text = given.toString("utf8");
    if (isBlank(text)) return { nothing: given.length === 0 ? bytes : invisibleBytes(given.length) };
    const word = text.trim();
    if (word.length <= LONGEST_HASH && /^[\w+/=:-]+$/.test(word) && isHashOfNothing(word))
      return { nothing: "the hash of empty content, not content" };
  }
  const whole = withoutFinalLineFeed(given);
  const sha256 = process.getBuiltinModule("node:crypto").createHash("sha256").update(whole).digest("hex");
  return { sha256, bytes: whole.length };
}

function withoutFinalLineFeed(content: Buffer): Buffer {
  if (content.at(-1) !== 0x0a) return content;
  return content.subarray(0, content.at(-2) === 0x0d ? -2 : -1);
}
