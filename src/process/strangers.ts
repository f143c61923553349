import { NUMBERS_LAST_MS } from "./process-group.ts";
import type { ProcessStat } from "./table/table.ts";

/** A search may take as long again until it has read the last one. */
const KEEP_MS = NUMBERS_LAST_MS / 2;

/** A process that belonged to no tree of a search, as it was read. */
export interface Stranger {
  readonly stat: ProcessStat;
  /** The cookies in its environment; `undefined` if that was not read, because the process was older than every tree. */
  readonly cookies: readonly string[] | undefined;
}

/**
 * The strangers of the last searches. While many trees end, one search follows the other, and none reads these processes again: what is
 * no descendant of a call never becomes one. They are kept for as long as no pid can have been given to another process.
 */
export class Strangers {
  #byPid = new Map<number, Stranger>();
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  get(pid: number): Stranger | undefined {
    return this.#byPid.get(pid);
  }

  keep(stranger: Stranger): void {
    if (this.#byPid.size === 0) this.#begin();
    this.#byPid.set(stranger.stat.pid, stranger);
  }

  /** To be called before each search: a timer may be late. */
  forgetOld(): void {
    if (performance.now() - this.#since > KEEP_MS) this.#forget();
  }

  /** All are as old as the first one. */
  #begin(): void {
    this.#since = performance.now();
    // Between calls they would only take memory.
    this.#timer ??= setTimeout(() => this.#forget(), KEEP_MS).unref();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#byPid = new Map();
  }
}
