import { NUMBERS_LAST_MS } from "./process-group.ts";
import type { ProcessStat } from "./table/table.ts";

/** Within which the numbers do not go round. A search may take as long again until it has read the last process. */
const KEEP_MS = NUMBERS_LAST_MS / 2;

/** A process that belonged to no tree of a search, as it was read. */
export interface Stranger {
  readonly stat: ProcessStat;
  /** The cookies in its environment; `undefined` if that was not read, because the process was older than every tree. */
  readonly cookies: readonly string[] | undefined;
}

/**
 * The strangers of the last searches. While many trees end, one search follows the other, and none reads these processes again: what is
 * no descendant of a call never becomes one. They are kept until the system has given out their numbers again.
 */
export class Strangers {
  #byPid = new Map<number, Stranger>();
  #since = 0;
  /** The pid that had been given out last when all that came later was forgotten. */
  #upTo = NaN;
  #timer: NodeJS.Timeout | undefined;

  get(pid: number): Stranger | undefined {
    return this.#byPid.get(pid);
  }

  keep(stranger: Stranger): void {
    if (this.#byPid.size === 0) this.#begin();
    this.#byPid.set(stranger.stat.pid, stranger);
  }

  /**
   * Forgets those whose number may be another process's by now. To be called before what has started lately is read.
   *
   * @param last the pid that the system has given out last; NaN where it cannot be known
   */
  forgetOld(last: number): void {
    // A timer may be late.
    if (performance.now() - this.#since > KEEP_MS || Number.isNaN(last)) this.#forget();
    const from = this.#upTo;
    this.#upTo = last;
    if (last === from) return;
    // A smaller number: they have gone round.
    const isAgain = (pid: number) => (last > from ? pid > from && pid <= last : pid > from || pid <= last);
    for (const pid of this.#byPid.keys()) if (isAgain(pid)) this.#byPid.delete(pid);
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
