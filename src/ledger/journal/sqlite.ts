import { setTimeout as pause } from "node:timers/promises";
import { insert, positional } from "../../database/sql.ts";
import { connectSqliteNow } from "../../database/sqlite/connect.ts";
import type { SqliteConnection } from "../../database/sqlite/connection.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type { JournalBackend } from "./backend.ts";
import type { JournalEntry, JournalSearch } from "./entry.ts";
import { isLost, LOST_PAGE } from "./retention.ts";
import { progressColumns, readEntry, startColumns } from "./rows.ts";
import * as sql from "./sql.ts";

/** For how long the ledger is free for calls between two transactions of a clean-up. */
const FREE_MS = 5;

/**
 * Writes to a ledger that this process has not opened, and ends now.
 *
 * @throws LedgerError `ledger_unavailable`
 */
export function writeToUnopened(path: string, entries: readonly JournalEntry[]): void {
  // Not closed: the last to close a ledger moves its log into the file, which waits for the disk. The end of the process closes it.
  new SqliteJournal(connectSqliteNow(path)).writeNow(entries);
}

/** The journal in a ledger's file. */
export class SqliteJournal implements JournalBackend {
  readonly #db: SqliteConnection;

  constructor(db: SqliteConnection) {
    this.#db = db;
  }

  async write(entries: readonly JournalEntry[], withinMs: number): Promise<void> {
    await this.#db.writeAside({ withinMs }, entries.length, () => this.#upsert(entries));
  }

  writeNow(entries: readonly JournalEntry[]): void {
    this.#db.writeNow(() => this.#upsert(entries));
  }

  async list(search: JournalSearch): Promise<readonly JournalEntry[]> {
    const { text, values } = sql.selectJournal(search, positional);
    return await this.#db.read(() => this.#db.all(text, values).map(readEntry));
  }

  async prune(before: number, withinMs: number, liveness: (owner: Owner) => Liveness): Promise<number> {
    const write = async (work: () => number) => await this.#db.write({ durable: false, withinMs }, work);
    let deleted = 0;
    for (;;) {
      const done = await write(() => this.#db.run(sql.deleteEnded(positional), [before, before]));
      deleted += done;
      if (done === 0) break;
      await pause(FREE_MS);
    }
    let after: JournalEntry | undefined;
    do {
      const page = await this.list({ state: "running", startedBefore: before, limit: LOST_PAGE, after });
      const lost = page.filter((entry) => isLost(entry, before, liveness));
      if (lost.length > 0) {
        deleted += await write(() =>
          lost.reduce((sum, { callId }) => sum + this.#db.run(sql.deleteLost(positional), [callId]), 0),
        );
      }
      after = page.length < LOST_PAGE ? undefined : page.at(-1);
    } while (after !== undefined);
    return deleted;
  }

  #upsert(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      const progress = progressColumns(entry);
      const { text, values } = insert("journal", { ...startColumns(entry), ...progress }, positional);
      this.#db.run(`${text} ${sql.onConflict(Object.keys(progress), positional)}`, values);
    }
  }
}
