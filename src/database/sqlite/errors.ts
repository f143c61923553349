import { basename, dirname } from "node:path";
import { isNotAllowed } from "../../core/rights.ts";
import { LedgerError, errnoOf, notAllowed, unavailable } from "../errors.ts";
import { hasNoRoom } from "./file-system.ts";
import { whatHoldsFile, whatIsSuspended } from "./operator-tools.ts";

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); the low byte of an extended code. */
const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const PROTOCOL = 15;
const NOTADB = 26;

/**
 * The words of SQLite for a code, where it has nothing to add (sqlite3_errstr). Deno (2.9) reports what fails in `exec()` and at the opening
 * in these words, without the code.
 */
const CODES_BY_WORDS: Readonly<Record<string, number>> = {
  "access permission denied": PERM,
  "database is locked": BUSY,
  "database table is locked": LOCKED,
  "attempt to write a readonly database": READONLY,
  "disk I/O error": IOERR,
  "database disk image is malformed": CORRUPT,
  "database or disk is full": FULL,
  "unable to open database file": CANTOPEN,
  "locking protocol": PROTOCOL,
  "file is not a database": NOTADB,
};

/** Another process holds the lock; worth trying again. */
export function isBusy(error: unknown): boolean {
  // On Windows a virus scanner or a backup may open the file for a moment without sharing it.
  if (errnoOf(error) === "EBUSY") return true;
  const code = primaryCode(error);
  // PROTOCOL is what a start-up race on the WAL index ends in.
  return code === BUSY || code === LOCKED || code === PROTOCOL;
}

/** Whether the file is not what SQLite has written, or cannot be read at all. */
export function isDamage(error: unknown): boolean {
  // 1, SQLITE_ERROR: no such table, or no such column.
  return primaryCode(error) !== 1;
}

/** A condition that may pass in a moment; `final` is the error if it does not. */
export class NotYet extends Error {
  readonly final: LedgerError;

  constructor(final: LedgerError) {
    super(final.message);
    this.final = final;
  }
}

/** An error of SQLite or the file system as a sentence that says what to do. */
export function explainSqlite(error: unknown, path: string): unknown {
  if (error instanceof LedgerError) return error;
  if (isNotAllowed(error)) return notAllowed(error);
  switch (primaryCode(error) ?? errnoOf(error)) {
    case CORRUPT:
    case NOTADB:
      return unavailable(
        "corrupt",
        `The ledger ${path} is damaged or not a database. Keep the file as evidence (sqlite3 can often .recover it), check what its calls have done, then move it and its ${basename(path)}-* files away.`,
        error,
      );
    case FULL:
    case "ENOSPC":
    case "EDQUOT":
      return full(path, error);
    case READONLY:
    case PERM:
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return unavailable(
        "read_only",
        `The ledger ${path} cannot be written. Make its folder and its files (also -wal and -shm) writable, or set HARDCALL_LEDGER to another file.`,
        error,
      );
    case "ERR_ACCESS_DENIED":
      return unavailable(
        "read_only",
        `Node's permission model (--permission) keeps hardcall from the ledger ${path}. Give --allow-fs-read=${dirname(path)} and --allow-fs-write=${dirname(path)} as well.`,
        error,
      );
    case CANTOPEN:
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "ENOENT":
    case "ELOOP":
    case "ENAMETOOLONG":
      return unavailable(
        "io",
        `The ledger ${path} cannot be opened. It must be a file in a folder that exists or can be created, or set HARDCALL_LEDGER to another file.`,
        error,
      );
    case IOERR:
      // Of the index of its log SQLite says only that it could not be made larger.
      if (hasNoRoom(dirname(path))) return full(path, error);
      return unavailable(
        "io",
        `The disk of the ledger ${path} reported an error (${codeText(error)}).`,
        error,
      );
    default:
      return primaryCode(error) === undefined
        ? error
        : unavailable("io", `SQLite could not use the ledger ${path} (${codeText(error)}).`, error);
  }
}

const full = (path: string, cause: unknown) =>
  unavailable("disk_full", `The disk of the ledger ${path} is full. Free some space, then retry.`, cause);

export function locked(path: string, waitedMs: number, cause: unknown): LedgerError {
  return unavailable(
    "locked",
    `The ledger ${path} was locked by another process for ${(waitedMs / 1000).toFixed(1)} s. Find it with ${whatHoldsFile(path)}${whatIsSuspended}, or give the call more time.`,
    cause,
  );
}

function primaryCode(error: unknown): number | undefined {
  const code = codeOf(error);
  // The low byte is the primary code, the rest says which case of it.
  return code === undefined ? undefined : code & 0xff;
}

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errcode, code } = error as { readonly errcode?: unknown; readonly code?: unknown };
  if (typeof errcode === "number") return errcode;
  return code === "ERR_SQLITE_ERROR" ? CODES_BY_WORDS[error.message] : undefined;
}

function codeText(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? "an I/O error" : `SQLite error ${code}`;
}
