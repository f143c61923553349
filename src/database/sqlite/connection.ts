import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TransactOptions } from "../sql.ts";
import { LedgerError, unavailable } from "../errors.ts";
import { CheckpointAside } from "./checkpoint-aside.ts";
import { FileIdentity } from "./file-identity.ts";
import type { MarkWriter } from "./mark.ts";
import type { Row } from "../columns.ts";
import type { Column } from "../sql.ts";
import { explainSqlite, isBusy, locked, NotYet } from "./errors.ts";
import { aboutLedger, BUSY_TIMEOUT_MS, openMark, readWhole, rollBack } from "./open.ts";
import { GroupCommit } from "./group-commit.ts";
import { Turns } from "./turns/turns.ts";
import { whileBusy, timeLeft } from "./while-busy.ts";

const COUNT_COMMIT = "UPDATE ledger SET commits = commits + 1 RETURNING commits";
const EMPTY_WITHIN_MS = 2000;
/** How long the last write of a process may sleep for a lock: nothing else runs any more. */
const LAST_BUSY_TIMEOUT_MS = 250;
export const READ_WITHIN_MS = 10_000;

/** One open ledger file: transactions, prepared statements and readable errors. */
export class SqliteConnection {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #files: FileIdentity;
  readonly #mark: MarkWriter;
  readonly #aside: CheckpointAside;
  readonly #statements = new Map<string, StatementSync>();
  readonly #turns: Turns;
  readonly #group: GroupCommit;
  #isDurable = true;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.path = path;
    this.#aside = new CheckpointAside(path);
    this.#turns = new Turns(path);
    this.#group = new GroupCommit(this);
    const { lineage, commits } = aboutLedger(database);
    const mark = openMark(database, path, commits);
    this.#mark = mark;
    // SQLite waits by sleeping, which stops every timer of the process. From now on `whileBusy` waits.
    database.exec("PRAGMA busy_timeout = 0");
    this.#files = new FileIdentity(path, lineage, {
      throughLog: () => readWhole(path),
      onOverwritten: () => mark.overwritten(),
    });
  }

  /** In WAL mode readers never wait for writers, except while SQLite recovers the log. */
  async read<T>(body: () => T): Promise<T> {
    return await this.whenFree(READ_WITHIN_MS, body);
  }

  /**
   * One write transaction, or part of one with what else this process writes now. IMMEDIATE takes the write lock first, so nothing read
   * in it can be stale.
   */
  async write<T>({ durable, withinMs }: TransactOptions, body: () => T): Promise<T> {
    return await this.#group.write(durable, withinMs, body);
  }

  /**
   * As `write`, for what may never hold up the event loop: another thread moves the log into the file.
   *
   * @param rows how many are written
   */
  async writeAside<T>(
    { withinMs }: Pick<TransactOptions, "withinMs">,
    rows: number,
    body: () => T,
  ): Promise<T> {
    return await this.whenMine(timeLeft(withinMs), () => {
      const answer = this.#with("wal_autocheckpoint = 0", () => this.#transaction(false, body));
      this.#aside.committed(rows);
      return answer;
    });
  }

  /** One transaction at once, for a process that ends. @throws LedgerError `ledger_unavailable` */
  writeNow<T>(body: () => T): T {
    try {
      return this.#with(`busy_timeout = ${LAST_BUSY_TIMEOUT_MS}`, () => this.#transaction(false, body));
    } catch (error) {
      throw explainSqlite(isBusy(error) ? locked(this.path, LAST_BUSY_TIMEOUT_MS, error) : error, this.path);
    }
  }

  /** Runs a read, again while another process keeps it from reading. */
  async whenFree<T>(withinMs: number, work: () => T | Promise<T>): Promise<T> {
    try {
      return await whileBusy(this.path, timeLeft(withinMs), work);
    } catch (error) {
      throw explainSqlite(error, this.path);
    }
  }

  /** Runs a whole transaction in this process's turn, again while another process holds the lock. */
  async whenMine<T>(leftMs: () => number, work: () => T | Promise<T>): Promise<T> {
    try {
      return await whileBusy(this.path, leftMs, work, this.#turns, () => this.#files.prepare());
    } catch (error) {
      throw explainSqlite(error, this.path);
    }
  }

  #transaction<T>(durable: boolean, body: () => T): T {
    try {
      this.begin(durable);
      const answer = body();
      this.commit(durable);
      return answer;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  #with<T>(settings: string, work: () => T): T {
    this.#requireOpen();
    this.#database.exec(`PRAGMA ${settings}`);
    try {
      return work();
    } finally {
      if (this.#database.isOpen) {
        this.#database.exec("PRAGMA busy_timeout = 0; PRAGMA wal_autocheckpoint = 1000");
      }
    }
  }

  /** Takes the write lock. Until `commit` or `rollBack`, every statement of this connection is part of the transaction. */
  begin(durable: boolean): void {
    this.#setDurable(durable);
    this.run("BEGIN IMMEDIATE", []);
    this.#turns.took();
    // Never write to a file that has replaced ours, and never move our log into it.
    this.#files.check();
  }

  commit(durable: boolean): void {
    const commits = durable ? this.get(COUNT_COMMIT, []) : undefined;
    this.run("COMMIT", []);
    if (commits !== undefined) this.#mark.committed(Number(commits["commits"]));
    this.#files.checkNames();
  }

  get isInTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  /** Also where `begin` has failed. */
  rollBack(): void {
    rollBack(this.#database);
  }

  /**
   * Moves the log into the file and empties the log, which still holds overwritten and deleted data until then. If a reader blocks it,
   * the next call does it.
   */
  async emptyLog(): Promise<void> {
    try {
      await whileBusy(this.path, timeLeft(EMPTY_WITHIN_MS), () => {
        this.#files.check();
        const empty = () => this.get("PRAGMA wal_checkpoint(TRUNCATE)", []);
        const { busy } = this.#with(`busy_timeout = ${BUSY_TIMEOUT_MS}`, empty) ?? {};
        if (busy !== 0) throw new NotYet(unavailable("locked", `The log of ${this.path} is being read.`));
      });
    } catch (error) {
      if (!(error instanceof LedgerError && error.reason === "locked")) throw explainSqlite(error, this.path);
    }
  }

  /** FULL waits for the disk at each commit; NORMAL may lose the last commits in a power cut, never in a crash. */
  #setDurable(durable: boolean): void {
    if (durable === this.#isDurable || !this.#database.isOpen) return;
    this.#database.exec(`PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}`);
    this.#isDurable = durable;
  }

  get(text: string, values: readonly Column[]): Row | undefined {
    return this.#statement(text).get(...values);
  }

  all(text: string, values: readonly Column[]): Row[] {
    return this.#statement(text).all(...values);
  }

  /** @returns how many rows changed */
  run(text: string, values: readonly Column[]): number {
    return Number(this.#statement(text).run(...values).changes);
  }

  async close(): Promise<void> {
    await this.#aside.end();
    if (!this.#database.isOpen) return;
    this.#statements.clear();
    this.#mark.close();
    this.#turns.close();
    this.#database.close();
  }

  #requireOpen(): void {
    if (!this.#database.isOpen) throw unavailable("closed", `The ledger ${this.path} is closed.`);
  }

  #statement(text: string): StatementSync {
    this.#requireOpen();
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(text);
    this.#statements.set(text, prepared);
    return prepared;
  }
}
