import { pathToFileURL } from "node:url";
import type { Worker } from "node:worker_threads";

/** Up to this many pages the log grows without a checkpoint: 8 MiB. */
const MOST_PAGES = 2000;
/** Pages that a small transaction leaves in the log: the row's, and those of its indexes. */
const PAGES_PER_COMMIT = 8;

/**
 * Only what Node.js has itself: it is a file of no bundle. A write that comes meanwhile stays in the log, so it tries a few times. The first
 * write to a log that is used anew waits for the disk, so it is made here, and changes nothing.
 */
const THREAD = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(new URL(require("node:worker_threads").workerData), { timeout: 1000 });
for (let tries = 0; tries < 5; tries++) {
  const { log, checkpointed } = database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
  if (log !== checkpointed) continue;
  database.exec("BEGIN IMMEDIATE");
  const { user_version: version } = database.prepare("PRAGMA user_version").get();
  database.exec("PRAGMA user_version = " + version + "; COMMIT");
  break;
}
database.close();
`;

/**
 * Moves the log into the file on a thread of its own: that waits for the disk, and copies megabytes. Counts what one connection
 * writes, as nothing tells how much of the log is in use.
 */
export class CheckpointAside {
  readonly #path: string;
  #pages = 0;
  #thread: Worker | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** A transaction of so many rows was committed. */
  committed(rows: number): void {
    this.#pages += PAGES_PER_COMMIT + rows;
    if (this.#pages < MOST_PAGES || this.#thread !== undefined) return;
    this.#pages = 0;
    try {
      // Loaded with the first thread: most processes never write so much.
      const threads = process.getBuiltinModule("node:worker_threads");
      const execArgv = ["--disable-warning=ExperimentalWarning"];
      const thread = new threads.Worker(THREAD, {
        eval: true,
        workerData: this.#existingFile(),
        env: threads.SHARE_ENV,
        execArgv,
      });
      this.#thread = thread;
      // If the thread fails, the next durable commit does its work, on the thread of the event loop.
      thread.on("error", () => undefined);
      thread.once("exit", () => {
        this.#thread = undefined;
      });
      thread.unref();
    } catch {
      // No threads here, or no memory for one: the same.
    }
  }

  /** Who closes a ledger may move or delete it the next moment: waits until the thread has closed it, too. */
  async end(): Promise<void> {
    if (this.#thread === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#thread.once("exit", () => resolve());
    this.#thread.ref();
    await promise;
  }

  /** A file that was deleted is not made anew. */
  #existingFile(): string {
    const url = pathToFileURL(this.#path);
    url.searchParams.set("mode", "rw");
    return url.href;
  }
}
