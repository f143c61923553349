import type { Hash } from "node:crypto";
import type { Readable } from "node:stream";
import { SHA256_OF_NOTHING } from "../core/hash-of-nothing.ts";
import { Tail } from "./tail.ts";

export interface CaptureOptions {
  /** Keeps the whole up to this many bytes; beyond, nothing of it but its tail. 0: never keeps it. */
  readonly keepBytes: number;
  readonly tailBytes: number;
  readonly onActivity?: (() => void) | undefined;
  /** Sees every chunk, and may keep it. */
  readonly onChunk?: ((chunk: Buffer) => void) | undefined;
}

/** Reads a stream to its end in bounded memory; counts and hashes all of it. */
export class Capture {
  /** Made with the first byte: many streams stay empty, and to load `node:crypto` takes 3 ms. */
  #hash: Hash | undefined;
  readonly #options: CaptureOptions;
  readonly #stream: Readable;
  readonly #tail: Tail;
  /** Settles when the stream has ended or was given up; never rejects. */
  readonly closed: Promise<void>;
  #kept: Buffer[] | undefined = [];
  #bytes = 0;

  constructor(stream: Readable, options: CaptureOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#tail = new Tail(options.tailBytes);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.once("close", resolve);
    // A read error (EIO of a pipe that broke) ends the stream; what came before it stands.
    stream.once("error", () => resolve());
  }

  get bytes(): number {
    return this.#bytes;
  }

  get tooLarge(): boolean {
    return this.#kept === undefined;
  }

  /** The whole; empty when it was too large. To be decoded as a whole, so that no character is split. */
  kept(): Buffer {
    return Buffer.concat(this.#kept ?? []);
  }

  tail(): string {
    return this.#tail.text();
  }

  /** Of all bytes. Ends the capture: nothing may come after it. */
  sha256(): string {
    return this.#hash?.digest("hex") ?? SHA256_OF_NOTHING;
  }

  /** Gives up what may still come. */
  stop(): void {
    this.#stream.removeAllListeners("data");
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    const { keepBytes, onActivity, onChunk } = this.#options;
    this.#bytes += chunk.length;
    this.#hash ??= process.getBuiltinModule("node:crypto").createHash("sha256");
    this.#hash.update(chunk);
    if (this.#kept !== undefined && this.#bytes > keepBytes) this.#keepNoMore();
    this.#kept?.push(chunk);
    for (const dropped of this.#tail.push(chunk)) if (this.#kept === undefined) this.#free(dropped);
    onActivity?.();
    onChunk?.(chunk);
  }

  #keepNoMore(): void {
    const inTail = new Set(this.#tail.chunks);
    for (const chunk of this.#kept ?? []) if (!inTail.has(chunk)) this.#free(chunk);
    this.#kept = undefined;
  }

  /**
   * Gives a chunk's memory back at once. A flood makes chunks of 64 KiB faster than the collector takes them away: a
   * gigabyte of output peaks at 60 MB less.
   */
  #free(chunk: Buffer): void {
    if (this.#options.onChunk !== undefined) return;
    const { buffer } = chunk;
    // A small chunk may share its memory with others.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.length && !buffer.detached)
      buffer.transfer(0);
  }
}
