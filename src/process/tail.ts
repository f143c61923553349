/** The last bytes of a stream, in bounded memory. */
export class Tail {
  readonly #bytes: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  /** @param bytes how many it keeps */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** The chunks whose bytes it keeps. */
  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** @returns the chunks that it keeps no longer */
  push(chunk: Buffer): readonly Buffer[] {
    const dropped: Buffer[] = [];
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size - this.#chunks[0]!.length >= this.#bytes) {
      const first = this.#chunks.shift()!;
      this.#size -= first.length;
      dropped.push(first);
    }
    return dropped;
  }

  text(): string {
    const bytes = Buffer.concat(this.#chunks).subarray(-this.#bytes);
    let start = 0;
    // The first bytes may be the rest of a character whose beginning was dropped.
    while (start < 3 && start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start++;
    return bytes.subarray(start).toString("utf8");
  }
}
