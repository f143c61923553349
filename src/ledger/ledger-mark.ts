import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { errnoOf, type LedgerError, unavailable } from "./errors.ts";

/**
 * Beside a ledger from its creation on: a ledger that has gone looks like one that never was, and an empty one allows
 * everything once more.
 */
export const markOf = (path: string): string => `${path}-created`;

/** How many numbers the mark holds, one line each; and what a line takes. */
const LINES = 64;
const LINE_BYTES = 16;
const OVERWRITTEN = "overwritten";

/** What the mark of a ledger says. */
export type Mark = {
  /** The newest commit it knows of; 0 for the mark of an older version. */
  readonly commits: number;
  /** A process that had it open saw that it was overwritten. Its log may have been moved into the wrong file since. */
  readonly overwritten: boolean;
};

/** `undefined` when there is none. To be read before the ledger, which is written first. */
export function readMark(path: string): Mark | undefined {
  try {
    const lines = readFileSync(markOf(path), "latin1").split("\n");
    const numbers = lines.map(Number).filter((number) => Number.isSafeInteger(number));
    return { commits: Math.max(0, ...numbers), overwritten: lines.includes(OVERWRITTEN) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** For a ledger that was found overwritten while it was open. */
export function wasOverwritten(path: string): LedgerError {
  const name = basename(path);
  return unavailable(
    "file_replaced",
    `The ledger ${path} was overwritten while it was open, as ${name}-created says, so its records may be those of two ledgers. Put a whole one in its place, without a ${name}-wal and ${name}-shm, look what the calls since then have done, then delete ${name}-created.`,
  );
}

/** For a ledger without tables although it had some, or whose newest records are not those that were last written. */
export function newestLost(path: string, known: number, mark: Mark): LedgerError {
  const name = basename(path);
  return unavailable(
    "file_replaced",
    `The ledger ${path} has lost its newest records: it ends at write ${known}, and ${name}-created knows of write ${mark.commits}. Its ${name}-wal was removed, or an older copy was put in its place. Put the newest file back if you can, with its ${name}-wal. To go on with this one, look what the calls since then have done, then delete ${name}-created.`,
  );
}

/**
 * Writes down, apart from the ledger, how far it has come. Each commit has a line, and 64 commits later another has it:
 * processes that write at once do not overwrite a larger number by a smaller one.
 */
export class MarkWriter {
  readonly #file: number;
  #isOpen = true;

  constructor(path: string) {
    // As "a" and "w" do not: what another process has written stays, and each line is written in its place.
    this.#file = openSync(markOf(path), constants.O_WRONLY | constants.O_CREAT, 0o600);
  }

  /** @param commits as read back in the transaction that has now been committed */
  committed(commits: number): void {
    this.#write(String(commits).padStart(LINE_BYTES - 1), (commits % LINES) * LINE_BYTES);
  }

  /** What the ledger says from now on is not to be believed, not even after all have closed it. */
  overwritten(): void {
    this.#write(`\n${OVERWRITTEN}`, LINES * LINE_BYTES);
  }

  #write(line: string, at: number): void {
    if (!this.#isOpen) return;
    try {
      writeSync(this.#file, `${line}\n`, at, "latin1");
    } catch {
      // What is reported must not be lost for a full disk: the mark only knows less.
    }
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}
