import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type LedgerError, unavailable } from "../errors.ts";
import { hardLinked } from "./one-name.ts";
import { NotYet, isDamage } from "./errors.ts";
import { loadSqlite } from "./load.ts";
import { type FileId, LogName } from "./log-name.ts";

/** How long the file may look wrong before it is: another process may be moving its log into it right now. */
const SETTLES_WITHIN_MS = 1000;
/**
 * How long a checkpoint usually takes. A file that is damaged for longer is one whose checkpoint stopped half-way, because another process
 * read meanwhile: that goes on with a later commit only, so the log is asked, and the commit allowed.
 */
const CHECKPOINT_MS = 20;

export interface IdentityOptions {
  /** What the ledger says of itself through its log, if all of it can be read there. */
  readonly throughLog: () => FileContent;
  /** Called once it is certain that the file was overwritten. */
  readonly onOverwritten: () => void;
  /** In milliseconds, and never set back. @default performance.now */
  readonly now?: () => number;
}

/**
 * Which files a connection works on, to notice when a path leads to other ones, or when the file was written by another
 * hand than SQLite's.
 */
export class FileIdentity {
  readonly #path: string;
  readonly #lineage: string;
  readonly #log: LogName;
  readonly #throughLog: () => FileContent;
  readonly #onOverwritten: () => void;
  readonly #now: () => number;
  #known: Identity;
  #content: FileContent;
  #wrongSince: number | undefined;
  #askAfterMs = CHECKPOINT_MS;

  /** @param lineage of the ledger, as it reads through its log */
  constructor(path: string, lineage: string, of: IdentityOptions) {
    this.#path = path;
    this.#lineage = lineage;
    this.#throughLog = of.throughLog;
    this.#onOverwritten = of.onOverwritten;
    this.#now = of.now ?? (() => performance.now());
    // The locks of SQLite are in -shm: who finds another one there would write at the same time.
    this.#log = new LogName(`${path}-wal`, () => idOfBoth(statOf(`${path}-wal`), statOf(`${path}-shm`)));
    this.#known = this.#identify();
    this.#content = readContent(path);
  }

  /**
   * A deleted file goes on working for those who have it open, while everyone else starts an empty ledger: two
   * ledgers would each allow the same effect once. The same goes for the log and its index beside it.
   */
  checkNames(): void {
    this.#requireNames(this.#identify());
  }

  #requireNames(now: Identity): void {
    if (this.#hasNames(now)) return;
    if (now.names > 1) throw hardLinked(this.#path, now.names);
    throw this.#changed(now.file === "missing" || now.log === "missing" ? "deleted" : "replaced");
  }

  #hasNames({ file, log, names }: Identity): boolean {
    return names <= 1 && file === this.#known.file && log === this.#known.log;
  }

  /**
   * Does ahead, while this process waits for its turn, what `check` would do with the lock: to read the file takes half a millisecond. It
   * says nothing of what is wrong, as `check` does.
   */
  prepare(): void {
    const now = this.#identify();
    if (this.#hasNames(now)) this.#read(now);
  }

  /**
   * An older copy written over the file has the same identity, and what has happened since would be allowed once more. SQLite
   * itself writes to the file when it moves its log there, after which the file knows of more commits; a VACUUM leaves them.
   *
   * @throws NotYet while it may still pass
   */
  check(): void {
    const now = this.#identify();
    this.#requireNames(now);
    const content = this.#read(now);
    if (content === undefined) return;
    if (this.#wrongSince === undefined) this.#askAfterMs = CHECKPOINT_MS;
    this.#wrongSince ??= this.#now();
    const wrongForMs = this.#now() - this.#wrongSince;
    // So does a full disk or a kill in the middle of a checkpoint: the file alone is short then, and the log has it all.
    if (content === "damaged" && wrongForMs >= this.#askAfterMs) {
      if (this.#follows(this.#throughLog())) {
        this.#known = now;
        this.#wrongSince = undefined;
        return;
      }
      // It reads the whole file, so it is asked seldom; and once more before the last word.
      this.#askAfterMs = Math.min(2 * wrongForMs, SETTLES_WITHIN_MS);
    }
    const error = this.#changed(now.size < this.#known.size ? "cut short" : "overwritten");
    if (wrongForMs < SETTLES_WITHIN_MS) throw new NotYet(error);
    this.#onOverwritten();
    throw error;
  }

  /** @returns what the file holds where that does not follow on what is known of it */
  #read(now: Identity): FileContent | undefined {
    if (now.changedAt === this.#known.changedAt && now.size === this.#known.size) return undefined;
    const content = readContent(this.#path);
    if (!this.#follows(content)) return content;
    this.#known = now;
    this.#content = content;
    this.#wrongSince = undefined;
    return undefined;
  }

  #identify(): Identity {
    const file = statOf(this.#path);
    return {
      file: idOf(file),
      log: this.#log.id(),
      names: Number(file?.nlink ?? 0),
      size: file?.size ?? 0n,
      // Not the time of the content, which `cp -p` sets back.
      changedAt: file?.ctimeNs ?? 0n,
    };
  }

  #follows(now: FileContent): boolean {
    if (now === "damaged") return false;
    // Until the log is moved for the first time, the file knows nothing.
    if (now === "nothing") return this.#content === "nothing";
    const before = typeof this.#content === "object" ? this.#content.commits : 0;
    return now.lineage === this.#lineage && now.commits >= before;
  }

  #changed(what: "deleted" | "replaced" | "cut short" | "overwritten"): LedgerError {
    return unavailable(
      "file_replaced",
      `The ledger ${this.#path} (or its -wal or -shm file) was ${what} while it was open, so its records may be lost. Check what the running calls have done, restore the file if you can, and restart the hosts.`,
    );
  }
}

interface Identity {
  readonly file: FileId;
  readonly log: FileId;
  readonly names: number;
  readonly size: bigint;
  readonly changedAt: bigint;
}

/** As numbers, the ids of two files of NTFS (64 bits) could be the same. */
const statOf = (path: string) => statSync(path, { throwIfNoEntry: false, bigint: true });

const idOf = (file: ReturnType<typeof statOf>): FileId =>
  file === undefined ? "missing" : `${file.dev}:${file.ino}`;

/** "missing" if one of the two is. */
function idOfBoth(...files: readonly ReturnType<typeof statOf>[]): FileId {
  const ids = files.map(idOf);
  return ids.includes("missing") ? "missing" : ids.join(" ");
}

export type FileContent = "nothing" | "damaged" | { readonly lineage: string; readonly commits: number };

/**
 * What the file says of itself without its log: a connection of its own, as only SQLite may open the file. Closing it in any
 * other way would drop the locks that this process has on it.
 */
function readContent(path: string): FileContent {
  const { DatabaseSync } = loadSqlite();
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  try {
    const database = new DatabaseSync(url, { readOnly: true });
    try {
      const row = database.prepare("SELECT lineage, commits FROM ledger").get();
      return { lineage: String(row?.["lineage"]), commits: Number(row?.["commits"]) };
    } finally {
      database.close();
    }
  } catch (error) {
    // Without the table, or one of an older version.
    return isDamage(error) ? "damaged" : "nothing";
  }
}
