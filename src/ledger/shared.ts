import pTimeout from "p-timeout";
import { LedgerError, unavailable } from "../database/errors.ts";
import { locked } from "../database/sqlite/errors.ts";
import type { LedgerStore } from "./store/store.ts";

/** A ledger that a call has borrowed while it runs. */
export interface Borrowed {
  readonly store: LedgerStore;
  /** To be called once, when the call is over. */
  readonly giveBack: () => Promise<void>;
}

interface Shared {
  readonly opening: Promise<LedgerStore>;
  /** Handles that are open and calls that are under way. */
  users: number;
  /** A handle was closed: the connection closes with the last that uses it. */
  unwanted: boolean;
}

/** One connection per file and process. */
const shared = new Map<string, Shared>();

/**
 * Borrows the connection of this process to the ledger at `path`; `open` makes it if there is none. Callers that wait for the same
 * connection share the time limit of the first; a caller with more time then tries again.
 *
 * @throws LedgerError `ledger_unavailable`: `locked` when it is not open within `withinMs`
 */
export async function borrow(
  path: string,
  withinMs: number,
  open: (withinMs: number) => Promise<LedgerStore>,
): Promise<Borrowed> {
  const until = performance.now() + withinMs;
  for (;;) {
    const leftMs = Math.max(1, until - performance.now());
    const joined = shared.get(path);
    const entry = joined ?? begin(path, () => open(leftMs));
    entry.users += 1;
    try {
      const store = await pTimeout(entry.opening, {
        milliseconds: leftMs,
        fallback: () => {
          throw locked(path, withinMs, undefined);
        },
      });
      return { store, giveBack: () => leave(path, entry) };
    } catch (error) {
      entry.users -= 1;
      const outlasted = joined !== undefined && performance.now() < until;
      if (!(outlasted && error instanceof LedgerError && error.reason === "locked")) throw error;
    }
  }
}

function begin(path: string, open: () => Promise<LedgerStore>): Shared {
  const entry = { opening: open(), users: 0, unwanted: false };
  shared.set(path, entry);
  // The next call tries again: a full disk or a lock may pass.
  entry.opening.catch(() => forget(path, entry));
  return entry;
}

function forget(path: string, entry: Shared): void {
  if (shared.get(path) === entry) shared.delete(path);
}

/** A handle to look at, or to hand to calls; closing it leaves those under way their connection. */
export function handleOf(path: string, { store, giveBack }: Borrowed): LedgerStore {
  const entry = shared.get(path);
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    if (entry !== undefined) entry.unwanted = true;
    await giveBack();
  };
  const refuse = async () => {
    throw unavailable("closed", `The ledger ${path} is closed.`);
  };
  return new Proxy(store, {
    get(target, name, receiver) {
      if (name === "close") return close;
      const member: unknown = Reflect.get(target, name, receiver);
      return isOpen || typeof member !== "function" ? member : refuse;
    },
  });
}

async function leave(path: string, entry: Shared): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0 || !entry.unwanted) return;
  forget(path, entry);
  await (await entry.opening).close();
}
