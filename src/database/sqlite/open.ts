import type { DatabaseSync } from "node:sqlite";
import { statSync } from "node:fs";
import { basename } from "node:path";
import { unavailable } from "../errors.ts";
import { type Mark, markDamaged, MarkWriter, newestLost, readMark, wasOverwritten } from "./mark.ts";
import { loadSqlite } from "./load.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";

/**
 * How long SQLite itself may wait for a lock. It waits by sleeping, which stops every timer of the process, so
 * longer waits are retries with the event loop running in between.
 */
export const BUSY_TIMEOUT_MS = 5;

/** Up to this size the whole file is checked at each opening: about half a millisecond per MiB. */
const CHECKED_WHOLE_BYTES = 32 * 1024 * 1024;

/** Opens the file, checks it and brings its schema up to date. Any step may find it busy: close and start over. */
export function openDatabase(path: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  // Before the ledger, which is written first: by now the ledger must know what the mark says.
  const mark = readMark(path);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    // In one read: another process may be creating the schema between two.
    inTransaction(database, "BEGIN", () => recognise(database, path, mark));
    database.exec("PRAGMA journal_mode = WAL");
    // What was forgotten is overwritten, not only marked as free: values may be anything.
    database.exec("PRAGMA secure_delete = ON");
    if (statSync(path).size <= CHECKED_WHOLE_BYTES) checkIntegrity(database, path);
    migrate(database, path, mark);
    const { commits } = aboutLedger(database);
    if (mark?.overwritten) throw wasOverwritten(path);
    if (mark?.commits !== undefined && commits < mark.commits) throw newestLost(path, commits, mark);
    if (commits > 0 && hasEmptyMark(database, path)) throw markDamaged(path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * An older version leaves its mark empty, and this one writes to it before the first commit that it counts. To be asked once the
 * number of commits is known, and with the write lock: another process may be making the mark right now (`openMark`).
 */
const hasEmptyMark = (database: DatabaseSync, path: string) =>
  isBlank(path) && inTransaction(database, "BEGIN IMMEDIATE", () => isBlank(path));

function isBlank(path: string): boolean {
  const mark = readMark(path);
  return mark !== undefined && mark.commits === undefined;
}

/** The mark of a ledger that is open; where there is none yet, no other process finds it before its first line. */
export function openMark(database: DatabaseSync, path: string, commits: number): MarkWriter {
  const open = () => new MarkWriter(path, commits);
  const isThere = readMark(path)?.commits !== undefined;
  return isThere ? open() : inTransaction(database, "BEGIN IMMEDIATE", open);
}

/** Nothing is written to a database that belongs to something else, or to a newer version of this one. */
function recognise(database: DatabaseSync, path: string, mark: Mark | undefined): void {
  const application = pragma(database, "application_id");
  if (application === APPLICATION_ID) {
    const version = pragma(database, "user_version");
    if (version <= MIGRATIONS.length) return;
    throw unavailable(
      "newer_schema",
      `The ledger ${path} has schema version ${version}, and this hardcall knows versions up to ${MIGRATIONS.length}. Upgrade hardcall, or set HARDCALL_LEDGER to another file.`,
    );
  }
  const tables = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get();
  if (application === 0 && tables?.["n"] === 0) {
    // The mark is made when the tables are there. They were in the log, and that has gone.
    if (mark !== undefined) throw newestLost(path, 0, mark);
    return;
  }
  throw unavailable(
    "not_a_ledger",
    `${path} is a database, but not a hardcall ledger. Set HARDCALL_LEDGER to another file.`,
  );
}

function checkIntegrity(database: DatabaseSync, path: string): void {
  const found = database.prepare("PRAGMA quick_check(1)").get();
  const answer: unknown = Object.values(found ?? {})[0];
  if (answer === "ok") return;
  throw unavailable(
    "corrupt",
    `The ledger ${path} is damaged (${String(answer)}). Keep the file as evidence (sqlite3 can often .recover it), check what its calls have done, then move it and its ${basename(path)}-* files away.`,
  );
}

function migrate(database: DatabaseSync, path: string, mark: Mark | undefined): void {
  if (pragma(database, "user_version") === MIGRATIONS.length) return;
  inTransaction(database, "BEGIN IMMEDIATE", () => {
    // Another process may have migrated while this one waited for the lock.
    recognise(database, path, mark);
    for (const migration of MIGRATIONS.slice(pragma(database, "user_version"))) database.exec(migration);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function inTransaction<T>(database: DatabaseSync, begin: "BEGIN" | "BEGIN IMMEDIATE", body: () => T): T {
  database.exec(begin);
  try {
    const answer = body();
    database.exec("COMMIT");
    return answer;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** After some errors (a full disk) SQLite has rolled back by itself; closing does it too. */
export function rollBack(database: DatabaseSync): void {
  if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
}

/** What the ledger says of itself. */
export function aboutLedger(database: DatabaseSync): { readonly lineage: string; readonly commits: number } {
  const row = database.prepare("SELECT lineage, commits FROM ledger").get();
  return { lineage: String(row?.["lineage"]), commits: Number(row?.["commits"]) };
}

/**
 * The same of a ledger that has no damage, read through its log; "damaged" of one that has. By a connection of its own, as one
 * that is open remembers pages that the file has no more.
 */
export function readWhole(path: string): ReturnType<typeof aboutLedger> | "damaged" {
  const { DatabaseSync } = loadSqlite();
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      if (statSync(path).size <= CHECKED_WHOLE_BYTES) checkIntegrity(database, path);
      return aboutLedger(database);
    } finally {
      database.close();
    }
  } catch {
    // SQLite cannot read it, or says what is wrong: either way it is no proof of a whole ledger.
    return "damaged";
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}
