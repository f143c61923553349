import { LedgerError, mayPass } from "../../database/errors.ts";

/** hardcall keeps trying to write a known result; otherwise its key would stay held until this process ends. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** Of one try. A longer wait for a file's lock would keep the process alive; a server far away needs longer to answer at all. */
const TRY_WITHIN_MS = { near: 50, far: 2000 };
/** How long an otherwise idle process stays alive for these writes. After that, the next call finds the operation in doubt. */
const HOLDS_EXIT_MS = 2000;

type Write = (withinMs: number) => Promise<unknown>;
interface Entry {
  readonly write: Write;
  readonly failedAt: number;
  pauseMs: number;
  timer?: NodeJS.Timeout;
  running?: Promise<void> | undefined;
}

/** The results that could not be written, by operation. Each write is retried for as long as the process lives. */
export class UnwrittenResults {
  readonly #entries = new Map<string, Set<Entry>>();
  readonly #tryWithinMs: number;
  /** Set when the ledger is closed: to be called when nothing is left to write. */
  #whenEmpty: (() => Promise<void>) | undefined;

  constructor(distance: keyof typeof TRY_WITHIN_MS) {
    this.#tryWithinMs = TRY_WITHIN_MS[distance];
  }

  /** @param write settles under the claim of the result, so that the ledger checks its fence */
  add(id: string, write: Write): void {
    const entry: Entry = { write, failedAt: performance.now(), pauseMs: FIRST_PAUSE_MS };
    const entries = this.#entries.get(id) ?? new Set();
    this.#entries.set(id, entries.add(entry));
    this.#schedule(id, entry);
  }

  /**
   * Writes the known results of an operation before its next claim, which would otherwise find it in doubt.
   *
   * @throws LedgerError `ledger_unavailable`
   */
  async flush(id: string, withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    for (const entry of this.#entries.get(id) ?? []) {
      await entry.running;
      if (this.#entries.get(id)?.has(entry))
        await this.#write(id, entry, Math.max(1, until - performance.now()));
    }
  }

  /**
   * Tries each once more. What a lock or a full disk keeps from being written even now goes on being tried, and only then is the
   * ledger closed for good: a result that is dropped would hold its key for as long as this process lives. A file that was
   * replaced is let go of, as another may be put in its place.
   */
  async close(closeLedger: () => Promise<void>): Promise<void> {
    for (const [id, entries] of this.#entries) {
      for (const entry of entries) {
        await entry.running;
        if (!entries.has(entry)) continue;
        await this.#write(id, entry, this.#tryWithinMs).catch((error: unknown) => {
          if (!mayPass(error)) this.#forget(id, entry);
        });
      }
    }
    this.#whenEmpty = closeLedger;
    await this.#closeIfEmpty();
  }

  async #closeIfEmpty(): Promise<void> {
    if (this.#entries.size > 0) return;
    const close = this.#whenEmpty;
    this.#whenEmpty = undefined;
    await close?.();
  }

  #schedule(id: string, entry: Entry): void {
    const pauseMs = entry.pauseMs * (0.5 + Math.random() / 2);
    entry.timer = setTimeout(() => {
      entry.running = this.#write(id, entry, this.#tryWithinMs)
        .catch(() => {
          entry.pauseMs = Math.min(entry.pauseMs * 2, LONGEST_PAUSE_MS);
          this.#schedule(id, entry);
        })
        .finally(() => {
          entry.running = undefined;
        });
    }, pauseMs);
    if (performance.now() - entry.failedAt + pauseMs > HOLDS_EXIT_MS) entry.timer.unref();
  }

  async #write(id: string, entry: Entry, withinMs: number): Promise<void> {
    try {
      await entry.write(withinMs);
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code === "ledger_unavailable") throw error;
      // The ledger does not know the operation any more: there is nothing left to settle.
    }
    this.#forget(id, entry);
    await this.#closeIfEmpty();
  }

  #forget(id: string, entry: Entry): void {
    clearTimeout(entry.timer);
    const entries = this.#entries.get(id);
    entries?.delete(entry);
    if (entries?.size === 0) this.#entries.delete(id);
  }
}
