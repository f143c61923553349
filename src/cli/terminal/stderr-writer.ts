import { setTimeout as wait } from "node:timers/promises";
import { isWindows } from "../../core/is-windows.ts";
import { writeToTerminal } from "./write-terminal.ts";

const STDERR = 2;

/** So much waits for a terminal that does not take it, such as one stopped with Ctrl-S. */
const LARGEST_QUEUE = 256 * 1024;

/**
 * Writes to stderr without ever making the event loop wait. Node writes to a terminal synchronously: one that is stopped would stop
 * the deadline of the call as well, and a child that prints would wait for it. What does not fit into the queue is left out and
 * counted.
 */
export class StderrWriter {
  #queue: Entry[] = [];
  #queued = 0;
  #leftOut = 0;
  #writing: Promise<void> | undefined;

  /** Something still waits to be written. */
  get isBehind(): boolean {
    return this.#writing !== undefined;
  }

  get isFull(): boolean {
    return this.#queued >= LARGEST_QUEUE;
  }

  write(text: string): void {
    if (text === "") return;
    this.#tellLeftOut();
    const bytes = Buffer.from(text);
    this.#add({ bytes, standsFor: bytes.length });
  }

  /** Counts what is not written because the queue is full. */
  leaveOut(bytes: number): void {
    this.#leftOut += bytes;
  }

  /**
   * Waits until all is written, at most for so long. What is not by then is left out.
   *
   * @returns whether all is written
   */
  async flush(withinMs: number): Promise<boolean> {
    this.#tellLeftOut();
    if (this.#writing === undefined) return true;
    const over = new AbortController();
    const late = wait(withinMs, "late", { signal: over.signal }).catch(() => undefined);
    const first = await Promise.race([this.#writing, late]);
    over.abort();
    if (first !== "late") return true;
    for (const { standsFor } of this.#queue) this.#leftOut += standsFor;
    this.#queue = [];
    // It comes when the terminal takes it; nothing waits for that.
    this.#tellLeftOut();
    return false;
  }

  /** Waits until all is written, for as long as that takes. */
  async written(): Promise<void> {
    await this.#writing;
  }

  #tellLeftOut(): void {
    const standsFor = this.#leftOut;
    if (standsFor === 0) return;
    this.#leftOut = 0;
    const why = "because the terminal did not take them";
    const bytes = Buffer.from(`\n[hardcall: ${standsFor} bytes of stderr are not shown, ${why}]\n`);
    this.#add({ bytes, standsFor });
  }

  #add(entry: Entry): void {
    this.#queue.push(entry);
    this.#queued += entry.bytes.length;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        await writeBytes(next.bytes);
        this.#queued = Math.max(0, this.#queued - next.bytes.length);
      }
    } catch {
      // The terminal is gone. What cannot be shown must not change how the call ends.
      this.#queue = [];
      this.#queued = 0;
    }
    this.#writing = undefined;
  }
}

interface Entry {
  readonly bytes: Buffer;
  /** How many bytes of the child's stderr are not shown if this is not. */
  readonly standsFor: number;
}

function writeBytes(bytes: Buffer): Promise<void> {
  // A pipe makes no writer wait: Node's stream keeps what it does not take.
  if (!process.stderr.isTTY || isWindows) return writeStream(bytes);
  return writeToTerminal(STDERR, bytes);
}

function writeStream(bytes: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.stderr.write(bytes, (error) => (error ? reject(error) : resolve()));
  return promise;
}
