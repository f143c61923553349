import type { Hash } from "node:crypto";
import { isBlank } from "../core/blank.ts";

/** Counts and hashes content in chunks, checks whether it is blank, and keeps it up to a limit. */
export class ContentScan {
  bytes = 0;
  /** Whether there is nothing visible so far. Bytes that are not UTF-8 are visible; NUL bytes are not. */
  blank = true;
  readonly #hash: Hash;
  readonly #keepBytes: number;
  readonly #decoder = new TextDecoder();
  #kept: Uint8Array[] = [];

  constructor(keepBytes: number) {
    // Loaded here: node:crypto is a third of what loading all of hardcall costs.
    this.#hash = process.getBuiltinModule("node:crypto").createHash("sha256");
    this.#keepBytes = keepBytes;
  }

  take(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    if (this.blank) this.blank = isBlank(this.#decoder.decode(chunk, { stream: true }));
    if (this.bytes <= this.#keepBytes) this.#kept.push(chunk);
    else this.#kept = [];
  }

  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** All content as text; `undefined` if it is larger than the limit. */
  text(): string | undefined {
    return this.bytes > this.#keepBytes ? undefined : Buffer.concat(this.#kept).toString("utf8");
  }
}
