import type { JournalEntry } from "../ledger/journal/entry.ts";
import { writeToUnopened } from "../ledger/journal/sqlite.ts";
import { borrowLedger } from "../ledger/open.ts";
import { connectionOf } from "../ledger/shared.ts";
import { locateLedger } from "../ledger/store/locate.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { JournalWriter } from "./writer.ts";

const byStore = new WeakMap<LedgerStore, JournalWriter>();
/** By path, or by URL with its schema: few, as a program has few ledgers. */
const byPlace = new Map<string, JournalWriter>();

/**
 * The one writer of this process for a ledger.
 *
 * @throws LedgerError `invalid_config`
 */
export function writerOf(ledger: LedgerStore | string | undefined): JournalWriter {
  if (typeof ledger === "object") return known(byStore, ledger, () => writerOfStore(ledger));
  const place = locateLedger(ledger);
  const borrow = (withinMs: number) => borrowLedger(ledger, withinMs);
  if (place.kind === "postgres") {
    return known(byPlace, `${place.connectionString} ${place.schema}`, () => new JournalWriter({ borrow }));
  }
  const { path } = place;
  const writeUnopened = (rows: readonly JournalEntry[]) => writeToUnopened(path, rows);
  return known(byPlace, path, () => new JournalWriter({ borrow, writeUnopened }));
}

/** A caller may close its handle as soon as its calls have ended, so the rows hold the connection from the first one on. */
function writerOfStore(ledger: LedgerStore): JournalWriter {
  const borrow = async () => {
    const connection = connectionOf(ledger);
    const giveBack = connection.hold();
    try {
      await connection.requireOpen();
    } catch (error) {
      await giveBack();
      throw error;
    }
    return { store: connection.store, giveBack };
  };
  return new JournalWriter({ borrow, isOpen: true });
}

function known<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
