import pTimeout from "p-timeout";
import { LedgerError, unavailable } from "../database/errors.ts";
import type { LedgerPlace } from "./store/locate.ts";
import { tooSlow } from "../database/postgres/errors.ts";
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

/** What is behind a store, or behind a handle of one. */
export interface Connection {
  /** The same for all handles. */
  readonly store: LedgerStore;
  /** Keeps the connection open, also after the handle was closed. @returns lets go of it, to be called once */
  hold(): () => Promise<void>;
  /** @throws LedgerError `ledger_unavailable` (`closed`) if the handle was closed */
  requireOpen(): Promise<void>;
}

const connections = new WeakMap<LedgerStore, Connection>();

/** For what outlasts a call, such as a place of a resource that is to be given back. A store that this file did not open is its caller's. */
export function connectionOf(store: LedgerStore): Connection {
  const known = connections.get(store);
  if (known !== undefined) return known;
  return { store, hold: () => async () => undefined, requireOpen: async () => undefined };
}

/** One connection per file and process, and one pool per URL. The name of a URL holds its password, and is shown to no one. */
const shared = new Map<string, Shared>();

const nameOf = (place: LedgerPlace) =>
  place.kind === "file" ? place.path : `${place.connectionString} ${place.schema}`;

/**
 * Borrows the connection of this process to the ledger at `place`; `open` makes it if there is none. Callers that wait for the same
 * connection share the time limit of the first; a caller with more time then tries again.
 *
 * @throws LedgerError `ledger_unavailable`: `locked` or `unreachable` when it is not open within `withinMs`
 */
export async function borrow(
  place: LedgerPlace,
  withinMs: number,
  open: (withinMs: number) => Promise<LedgerStore>,
): Promise<Borrowed> {
  const until = performance.now() + withinMs;
  const name = nameOf(place);
  for (;;) {
    const leftMs = Math.max(1, until - performance.now());
    const joined = shared.get(name);
    const entry = joined ?? begin(name, () => open(leftMs));
    entry.users += 1;
    try {
      const store = await pTimeout(entry.opening, {
        milliseconds: leftMs,
        fallback: () => {
          throw notOpenIn(withinMs, place);
        },
      });
      const hold = () => {
        entry.users += 1;
        return () => leave(name, entry);
      };
      connections.set(store, { store, hold, requireOpen: async () => undefined });
      return { store, giveBack: () => leave(name, entry) };
    } catch (error) {
      entry.users -= 1;
      const outlasted = joined !== undefined && performance.now() < until;
      if (!(outlasted && isOutOfTime(error))) throw error;
    }
  }
}

const isOutOfTime = (error: unknown) =>
  error instanceof LedgerError && (error.reason === "locked" || error.reason === "unreachable");

const notOpenIn = (withinMs: number, place: LedgerPlace) =>
  place.kind === "file"
    ? locked(place.path, withinMs, undefined)
    : tooSlow(place.location, withinMs, "connecting").final;

function begin(name: string, open: () => Promise<LedgerStore>): Shared {
  const entry = { opening: open(), users: 0, unwanted: false };
  shared.set(name, entry);
  // The next call tries again: a full disk or a lock may pass.
  entry.opening.catch(() => forget(name, entry));
  return entry;
}

function forget(name: string, entry: Shared): void {
  if (shared.get(name) === entry) shared.delete(name);
}

/** A handle to look at, or to hand to calls; closing it leaves those under way their connection. */
export function handleOf(place: LedgerPlace, { store, giveBack }: Borrowed): LedgerStore {
  const entry = shared.get(nameOf(place));
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    if (entry !== undefined) entry.unwanted = true;
    await giveBack();
  };
  const refuse = async () => {
    throw unavailable("closed", `The ledger ${place.location} is closed.`);
  };
  const handle = new Proxy(store, {
    get(target, name, receiver) {
      if (name === "close") return close;
      const member: unknown = Reflect.get(target, name, receiver);
      return isOpen || typeof member !== "function" ? member : refuse;
    },
  });
  connections.set(handle, {
    ...connectionOf(store),
    requireOpen: async () => (isOpen ? undefined : await refuse()),
  });
  return handle;
}

async function leave(name: string, entry: Shared): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0 || !entry.unwanted) return;
  forget(name, entry);
  await (await entry.opening).close();
}
