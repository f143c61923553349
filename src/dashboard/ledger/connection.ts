import { statSync } from "node:fs";
import { unavailable } from "../../database/errors.ts";
import type { SqlDatabase, SqlSession } from "../../database/sql.ts";
import { connectLedger } from "../../ledger/store/connect.ts";
import { locateLedger, type LedgerPlace } from "../../ledger/store/locate.ts";

/** How long to wait for a lock or a server. A page that waits longer is told why. */
const WITHIN_MS = 3000;

interface Open {
  readonly database: SqlDatabase;
  /** Which file it is. Another may be put in its place, and SQLite would go on reading the one that is gone. */
  readonly file: string | undefined;
}

/** A ledger that is read for days. After a failure the next read connects anew, as the cause may be gone by then. */
export class LedgerConnection {
  readonly place: LedgerPlace;
  readonly #given: string | undefined;
  #opening: Promise<Open> | undefined;
  #isClosed = false;

  /** @throws LedgerError `invalid_config` for a name that cannot be a ledger's */
  constructor(ledger: string | undefined) {
    this.place = locateLedger(ledger);
    this.#given = ledger;
  }

  /** Everything that `work` reads is of one moment. @throws LedgerError */
  async read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const { place } = this;
    if (this.#isClosed) throw unavailable("closed", "The dashboard has ended.");
    const known = await this.#opening?.catch(() => undefined);
    if (known !== undefined && place.kind === "file" && fileAt(place.path) !== known.file)
      await this.#letGo();
    const opening = (this.#opening ??= this.#open());
    try {
      return await (await opening).database.read(work, WITHIN_MS);
    } catch (error) {
      // Several reads may fail at once: the first closes it, and what the next has opened stays.
      if (this.#opening === opening) await this.#letGo();
      throw error;
    }
  }

  /** For good: a request that was under way does not open it again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening?.then(
      ({ database }) => database.close(),
      () => undefined,
    );
  }

  async #open(): Promise<Open> {
    const { place } = this;
    const database = await connectLedger({ ledger: this.#given, mustExist: true, withinMs: WITHIN_MS });
    return { database, file: place.kind === "file" ? fileAt(place.path) : undefined };
  }
}

function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
