import { setImmediate as turn } from "node:timers/promises";
import { LedgerError } from "../database/errors.ts";
import type { JournalEntry } from "../ledger/journal/entry.ts";
import type { Borrowed } from "../ledger/shared.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../core/logger.ts";
import { isWritten, watchUnwritten, type Unwritten } from "./at-end.ts";
import { tellTrouble } from "./trouble.ts";

/** How long a row waits for others: they share one transaction. */
const RHYTHM_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const LATE_MS = 2000;

/** SQLite writes on the thread of the event loop: so many rows take about a millisecond. */
const BATCH = 64;

/** What waits for a ledger that cannot be had. Beyond it, the oldest calls that have ended are lost. */
const MOST_BYTES = 16 * 1024 * 1024;
/** A row without its texts. */
const ROW_BYTES = 600;

const OPEN_WITHIN_MS = 5000;
/** A file's lock is asked for a few times within this time, without waiting on the thread. */
const NEAR_WITHIN_MS = 50;
const FAR_WITHIN_MS = 5000;

export interface JournalPlace {
  /** Opens the ledger, or joins those who have it open. */
  readonly borrow: (withinMs: number) => Promise<Borrowed>;
  /** It is open already, and may be closed as soon as no one holds it. @default false */
  readonly isOpen?: boolean;
  /** Writes at once, at the end of a process that has not opened it. Absent where that cannot be. */
  readonly writeUnopened?: (rows: readonly JournalEntry[]) => void;
}

/** The rows of one ledger that this process has to write. Many calls share a transaction, and no call waits for it. */
export class JournalWriter implements Unwritten {
  readonly #place: JournalPlace;
  /** Of the call that came last. */
  #logger: Logger | undefined;
  #error: unknown;
  /** By call id, oldest first: the newest state of each call that the ledger does not have yet. */
  readonly #rows = new Map<string, JournalEntry>();
  #bytes = 0;
  #writes = 0;
  #opening: Promise<Borrowed> | undefined;
  #borrowed: Borrowed | undefined;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = RHYTHM_MS;

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  /** How many rows the ledger does not have yet. */
  get size(): number {
    return this.#rows.size;
  }

  put(entry: JournalEntry, logger: Logger | undefined): void {
    this.#logger = logger;
    if (this.#rows.size === 0) watchUnwritten(this);
    const before = this.#rows.get(entry.callId);
    if (before !== undefined) this.#bytes -= bytesOf(before);
    this.#rows.set(entry.callId, entry);
    this.#bytes += bytesOf(entry);
    if (this.#bytes > MOST_BYTES) this.#makeRoom();
    this.#schedule();
  }

  get mayPass(): boolean {
    const error = this.#error;
    return !(error instanceof LedgerError) || error.reason === "locked" || error.reason === "unreachable";
  }

  /** How many times rows were written. */
  get writes(): number {
    return this.#writes;
  }

  /** Takes a row back that was not written. */
  withdraw(callId: string): void {
    const row = this.#rows.get(callId);
    if (row !== undefined) this.#remove([row]);
  }

  /** Writes all rows there are. Never rejects: what could not be written waits for the next time. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#rows.size > 0) this.#schedule();
    });
    return this.#writing;
  }

  flushNow(): void {
    const store = this.#borrowed?.store;
    const { writeUnopened } = this.#place;
    const rows = [...this.#rows.values()];
    try {
      if (store?.writeJournalNow !== undefined) store.writeJournalNow(rows);
      else if (writeUnopened !== undefined) writeUnopened(rows);
      else return;
      this.#clear();
    } catch (error) {
      this.#error = error;
    }
  }

  giveUp({ atExit = false } = {}): void {
    const lost = this.#rows.size;
    this.#clear();
    if (lost > 0) this.#lose(lost, atExit);
  }

  /** The timer does not keep a process alive that has nothing else to do: its end writes what is left (at-end.ts). */
  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, this.#pauseMs).unref();
    // Its error comes again with the rows.
    if (this.#place.isOpen && this.#opening === undefined) this.#open().catch(() => undefined);
  }

  async #open(): Promise<LedgerStore> {
    this.#opening ??= this.#place.borrow(OPEN_WITHIN_MS);
    this.#borrowed = await this.#opening;
    return this.#borrowed.store;
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      const store = await this.#open();
      const withinMs = store.spansHosts ? FAR_WITHIN_MS : NEAR_WITHIN_MS;
      for (let left = this.#rows.size; left > 0; left -= BATCH) {
        const batch = this.#oldest();
        await store.writeJournal(batch, { withinMs });
        this.#writes += 1;
        this.#remove(batch);
        // A turn each: what the event loop has to do is never behind more than one batch.
        await turn();
      }
      this.#pauseMs = RHYTHM_MS;
      this.#error = undefined;
      if (this.#rows.size === 0) await this.#giveBack();
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#error = error;
    // The next time opens it anew: the file may be another one, or there again.
    await this.#giveBack();
    const reason = error instanceof LedgerError ? error.reason : undefined;
    // A fault in a row would come again each time, and a store that was closed stays closed.
    if (reason === undefined || reason === "closed") return this.giveUp();
    if (reason === "locked") return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 4);
    // An outage of two seconds is over before anyone reads of it.
    if (this.#pauseMs > LATE_MS) tellTrouble({ error, lost: 0, logger: this.#logger });
  }

  async #giveBack(): Promise<void> {
    const borrowed = this.#borrowed;
    this.#borrowed = undefined;
    this.#opening = undefined;
    // What a close has to say is said to the calls that use the ledger.
    await borrowed?.giveBack().catch(() => undefined);
  }

  #oldest(): JournalEntry[] {
    const batch: JournalEntry[] = [];
    for (const entry of this.#rows.values()) {
      if (batch.push(entry) === BATCH) break;
    }
    return batch;
  }

  /** Not those that have changed meanwhile. */
  #remove(written: readonly JournalEntry[]): void {
    for (const entry of written) {
      if (this.#rows.get(entry.callId) !== entry) continue;
      this.#rows.delete(entry.callId);
      this.#bytes -= bytesOf(entry);
    }
    if (this.#rows.size === 0) isWritten(this);
  }

  #makeRoom(): void {
    const ended: JournalEntry[] = [];
    let bytes = 0;
    for (const entry of this.#rows.values()) {
      if (entry.outcome === undefined) continue;
      ended.push(entry);
      bytes += bytesOf(entry);
      // A tenth at a time, or each call would look through all of them.
      if (bytes > MOST_BYTES / 10) break;
    }
    this.#remove(ended);
    if (ended.length > 0) this.#lose(ended.length);
  }

  #lose(lost: number, atExit = false): void {
    tellTrouble({ error: this.#error, lost, atExit, logger: this.#logger });
  }

  #clear(): void {
    this.#rows.clear();
    this.#bytes = 0;
    isWritten(this);
  }
}

const bytesOf = ({ attempts = "", stderrTail = "", evidence = "" }: JournalEntry): number =>
  ROW_BYTES + attempts.length + stderrTail.length + evidence.length;
