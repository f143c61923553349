import { Buffer } from "node:buffer";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename } from "node:path";
import { errnoOf, type LedgerError, unavailable } from "../errors.ts";

/**
 * The file beside a ledger that proves that the ledger existed. Without it, a deleted ledger would look like one that never was, and an
 * empty ledger allows every call a second time.
 */
export const markOf = (path: string): string => `${path}-created`;

/** How many numbers the mark holds, one line each; and what a line takes. */
const LINES = 64;
const LINE_BYTES = 16;
const OVERWRITTEN = "\noverwritten\n";
/** A line, and one that was passed over. */
const WRITTEN = /^ *\d+\n$/;
const NEVER_WRITTEN = /^\0+$/;
const READINGS = 3;

/** What the mark of a ledger says. */
export interface Mark {
  /** The newest commit it knows of; `undefined` when it holds no number, as the empty mark of an older version. */
  readonly commits: number | undefined;
  /** A process that had it open saw that it was overwritten. Its log may have been moved into the wrong file since. */
  readonly overwritten: boolean;
}

/**
 * `undefined` when there is none. To be read before the ledger, which is written first.
 *
 * @throws LedgerError `ledger_unavailable` for what no hardcall has written
 */
export function readMark(path: string): Mark | undefined {
  // Another process may be writing a line right now: what it has begun is whole in the next reading.
  for (let readings = 1; ; readings++) {
    try {
      const file = statSync(markOf(path));
      // A pipe would hold up the whole process until another one writes to it.
      if (!file.isFile() && !file.isDirectory()) throw markDamaged(path);
      const mark = parseMark(readFileSync(markOf(path), "latin1"));
      if (mark !== undefined) return mark;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
    if (readings === READINGS) throw markDamaged(path);
  }
}

/** `undefined` for what no hardcall has written: a number is never anywhere but in its own line, and between lines there are zeros. */
function parseMark(text: string): Mark | undefined {
  const numbers: number[] = [];
  for (let at = 0; at < Math.min(text.length, LINES * LINE_BYTES); at += LINE_BYTES) {
    const line = text.slice(at, at + LINE_BYTES);
    if (NEVER_WRITTEN.test(line)) continue;
    const number = Number(line);
    if (!WRITTEN.test(line) || placeOf(number) !== at) return undefined;
    numbers.push(number);
  }
  const end = text.slice(LINES * LINE_BYTES);
  if (end !== "" && end !== OVERWRITTEN) return undefined;
  return { commits: numbers.length === 0 ? undefined : Math.max(...numbers), overwritten: end !== "" };
}

/** For a mark that was emptied, or is not one: an older copy of the ledger would not show. */
export function markDamaged(path: string): LedgerError {
  const name = basename(path);
  return unavailable(
    "corrupt",
    `The file ${name}-created beside the ledger ${path} is empty or damaged. It counts the writes of the ledger; without it, hardcall cannot tell whether the newest records were lost. Nothing was started. Restore ${name}-created if you can. To continue without it, check that the newest calls are in the ledger (sqlite3 ${path} "SELECT * FROM overview"), then delete ${name}-created.`,
  );
}

/** The error for a ledger that was overwritten while it was open. */
export function wasOverwritten(path: string): LedgerError {
  const name = basename(path);
  return unavailable(
    "file_replaced",
    `The ledger ${path} was overwritten while it was open (${name}-created says so), so it may mix the records of two ledgers. Restore a complete ledger without its ${name}-wal and ${name}-shm, check what the calls since then have done, then delete ${name}-created.`,
  );
}

/** For a ledger without tables although it had some, or whose newest records are not those that were last written. */
export function newestLost(path: string, known: number, mark: Mark): LedgerError {
  const name = basename(path);
  return unavailable(
    "file_replaced",
    `The ledger ${path} has lost its newest records: it ends at write ${known}, but ${name}-created has counted ${mark.commits ?? 0}. Its ${name}-wal was removed, or an older copy took its place. Restore the newest file with its ${name}-wal if you can. To continue with this one, check what the calls since then have done, then delete ${name}-created.`,
  );
}

/**
 * Writes down, apart from the ledger, how far it has come. Each commit has a line, and 64 commits later another has it:
 * processes that write at once do not overwrite a larger number by a smaller one.
 */
export class MarkWriter {
  readonly #file: number;
  #isOpen = true;

  /**
   * @param commits that the ledger knows of
   * @throws the error of write(2) when the mark would stay empty, as the next opening would take it for a damaged one
   */
  constructor(path: string, commits: number) {
    // As "a" and "w" do not: what another process has written stays, and each line is written in its place.
    this.#file = openSync(markOf(path), constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      if (fstatSync(this.#file).size > 0) this.committed(commits);
      else this.#writeFirst(markOf(path), commits);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** No commit may be on the disk before it: after a power cut the mark would be empty, and the ledger not. */
  #writeFirst(mark: string, commits: number): void {
    // First, so that it fails before anything is in the mark.
    const synced = openSynced(mark);
    try {
      writeAt(synced ?? this.#file, lineOf(commits), placeOf(commits));
      if (synced === undefined) fsyncSync(this.#file);
    } finally {
      if (synced !== undefined) closeSync(synced);
    }
  }

  /** @param commits as read back in the transaction that has now been committed */
  committed(commits: number): void {
    this.#write(lineOf(commits), placeOf(commits));
  }

  /** What the ledger says from now on is not to be believed, not even after all have closed it. */
  overwritten(): void {
    this.#write(OVERWRITTEN, LINES * LINE_BYTES);
  }

  #write(text: string, at: number): void {
    if (!this.#isOpen) return;
    try {
      writeAt(this.#file, text, at);
    } catch {
      // What is reported must not be lost for a full disk: the mark only knows less.
    }
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}

/** Node.js refuses fsync(2) with --permission, but not a file each write to which is on the disk. `undefined` where fsync(2) will do. */
function openSynced(path: string): number | undefined {
  const isRestricted = (process.permission as typeof process.permission | undefined) !== undefined;
  return isRestricted ? openSync(path, constants.O_WRONLY | constants.O_DSYNC) : undefined;
}

/** As bytes: Deno (2.9) ignores the place for a string, and writes it at the file's position. */
function writeAt(file: number, text: string, at: number): void {
  const bytes = Buffer.from(text, "latin1");
  writeSync(file, bytes, 0, bytes.length, at);
}

const lineOf = (commits: number) => `${String(commits).padStart(LINE_BYTES - 1)}\n`;
const placeOf = (commits: number) => (commits % LINES) * LINE_BYTES;
