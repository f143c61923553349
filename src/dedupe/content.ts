import { isUtf8 } from "node:buffer";
import { invisibleBytes, isBlank } from "../core/blank.ts";
import { isHashOfNothing } from "../core/hash-of-nothing.ts";

/** What a gate knows content by. */
export interface Hashed {
  /** Of the content without its final line feed, in hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A text that is one word of this length or less may be a hash passed for content by mistake. */
const LONGEST_HASH = 160;

/**
 * The hash of content, or why it has none: every run that produced nothing has the same hash, and would pass for a duplicate of the
 * first. One final line feed does not count, as a shell adds and takes it at will.
 */
export function hashContent(
  content: string | Uint8Array | null | undefined,
): Hashed | { readonly nothing: string } {
  if (content === undefined || content === null) return { nothing: `${content}, no text and no bytes` };
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
      return { nothing: "the hash of nothing in place of content" };
  }
  const whole = withoutFinalLineFeed(given);
  const sha256 = process.getBuiltinModule("node:crypto").createHash("sha256").update(whole).digest("hex");
  return { sha256, bytes: whole.length };
}

function withoutFinalLineFeed(content: Buffer): Buffer {
  if (content.at(-1) !== 0x0a) return content;
  return content.subarray(0, content.at(-2) === 0x0d ? -2 : -1);
}
