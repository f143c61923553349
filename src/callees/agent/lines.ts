/** Splits a stream of bytes into lines, also where a chunk ends inside a line or a character. The last line needs no newline. */
export class LineReader {
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  #parts: Buffer[] = [];
  #size = 0;
  /** How many lines were longer than the limit and were dropped. */
  dropped = 0;

  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.#add(chunk.subarray(from, at));
      this.#flush();
      from = at + 1;
    }
    if (from < chunk.length) this.#add(chunk.subarray(from));
  }

  /** Call it at the end of the stream: the rest is the last line. */
  end(): void {
    this.#flush();
  }

  #add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#maxBytes) this.#parts = [];
    else this.#parts.push(part);
  }

  #flush(): void {
    const line = this.#size > this.#maxBytes ? undefined : Buffer.concat(this.#parts).toString("utf8").trim();
    this.#parts = [];
    this.#size = 0;
    if (line === undefined) this.dropped++;
    else if (line !== "") this.#onLine(line);
  }
}
