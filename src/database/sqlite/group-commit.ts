import { LedgerError } from "../errors.ts";
import { explainSqlite, isBusy, locked, NotYet } from "./errors.ts";

/** The transaction of one caller. */
interface Write {
  readonly durable: boolean;
  readonly since: number;
  readonly until: number;
  readonly body: () => unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Settled = () => void;

/** What a group needs of its connection. */
export interface GroupConnection {
  readonly path: string;
  readonly isInTransaction: boolean;
  /** Runs a transaction in the process's turn. @throws LedgerError `ledger_unavailable` (`locked`) once `leftMs` is 0 */
  whenMine(leftMs: () => number, work: () => void): Promise<void>;
  begin(durable: boolean): void;
  /** @throws LedgerError once it is committed: the file is not the ledger's any more */
  commit(durable: boolean): void;
  rollBack(): void;
  run(text: string, values: readonly never[]): number;
}

/** How long a group works before it commits: the event loop stands still meanwhile. */
const GROUP_MS = 3;

/**
 * Group commit: the writes that wait at one moment in this process share a transaction, and with it the wait for the lock and for the
 * disk. It is durable if one of them has to be. No caller has an answer before the commit, and one that fails takes back its own
 * writes only.
 */
export class GroupCommit {
  readonly #db: GroupConnection;
  #waiting: Write[] = [];
  #isRunning = false;
  /** How many are written one by one, after a transaction of all of them failed. */
  #alone = 0;

  constructor(db: GroupConnection) {
    this.#db = db;
  }

  /** @throws what `body` throws; LedgerError `ledger_unavailable` */
  async write<T>(durable: boolean, withinMs: number, body: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const since = performance.now();
    this.#waiting.push({ durable, since, until: since + withinMs, body, resolve, reject });
    if (!this.#isRunning) void this.#run();
    return (await promise) as T;
  }

  /** Never rejects: each caller learns what became of its own write. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      try {
        await this.#db.whenMine(
          () => this.#leftMs(),
          () => this.#writeGroup(),
        );
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#isRunning = false;
  }

  /** Of the write whose time is over first. */
  #leftMs(): number {
    return this.#waiting.reduce((first, { until }) => Math.min(first, until), Infinity) - performance.now();
  }

  /** @throws what keeps all that wait from being written */
  #writeGroup(): void {
    const offered = this.#alone > 0 ? this.#waiting.slice(0, 1) : this.#waiting;
    const durable = offered.some((write) => write.durable);
    const settled: Settled[] = [];
    let hasBegun = false;
    try {
      this.#db.begin(durable);
      hasBegun = true;
      const until = performance.now() + GROUP_MS;
      for (const write of offered) {
        settled.push(offered.length === 1 ? answerOf(write) : this.#answerInGroup(write));
        if (performance.now() > until) break;
      }
      this.#db.commit(durable);
    } catch (error) {
      this.#db.rollBack();
      const mayWorkAlone = hasBegun && offered.length > 1;
      if (!mayWorkAlone || isPassing(error) || error instanceof LedgerError) throw error;
      // A full disk, an I/O error: what one of them has written may have been too much.
      this.#alone = offered.length;
      return;
    }
    this.#alone = Math.max(0, this.#alone - 1);
    this.#waiting = this.#waiting.slice(settled.length);
    for (const settle of settled) settle();
  }

  /** @throws when SQLite has taken back the whole transaction */
  #answerInGroup(write: Write): Settled {
    this.#db.run("SAVEPOINT own", []);
    try {
      const settled = answerOf(write);
      this.#db.run("RELEASE own", []);
      return settled;
    } catch (error) {
      if (isPassing(error) || !this.#db.isInTransaction) throw error;
      this.#db.run("ROLLBACK TO own", []);
      this.#db.run("RELEASE own", []);
      return () => write.reject(explainSqlite(error, this.#db.path));
    }
  }

  #fail(error: unknown): void {
    const now = performance.now();
    const isOver = ({ until }: Write) => until <= now;
    const isLocked = error instanceof LedgerError && error.reason === "locked";
    // One that is written alone has failed by itself: the error says nothing of the others.
    const isItsOwn = this.#alone > 0 && !isLocked;
    const over = isItsOwn ? [] : this.#waiting.filter(isOver);
    if (over.length > 0) {
      this.#waiting = this.#waiting.filter((write) => !isOver(write));
      for (const { since, reject } of over) {
        reject(isLocked ? locked(this.#db.path, now - since, error.cause) : error);
      }
      return;
    }
    const failed = this.#waiting.splice(0, this.#alone > 0 ? 1 : this.#waiting.length);
    this.#alone = Math.max(0, this.#alone - 1);
    for (const { reject } of failed) reject(error);
  }
}

const isPassing = (error: unknown) => isBusy(error) || error instanceof NotYet;

function answerOf({ body, resolve }: Write): Settled {
  const answer = body();
  return () => resolve(answer);
}
