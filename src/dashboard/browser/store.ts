import type { CallsChange, Overview, OverviewChange } from "../data.ts";
import { type Connection, follow } from "./live.ts";

/** What the page knows, and from when. */
export interface Known {
  readonly connection: Connection;
  readonly overview: Overview | undefined;
  /** When `overview.now` came, on `performance.now()`. */
  readonly heardAt: number;
}

type CallsListener = (change: CallsChange) => void;

const NOTHING_YET: Known = { connection: { state: "connecting" }, overview: undefined, heardAt: 0 };

let known = NOTHING_YET;
const readers = new Set<() => void>();
const callsListeners = new Set<CallsListener>();

export const current = (): Known => known;

/** @returns ends the subscription */
export function onKnown(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

/** Calls that changed. After a reconnection: `more`, because the page does not know what it missed. */
export function onCalls(listener: CallsListener): () => void {
  callsListeners.add(listener);
  return () => callsListeners.delete(listener);
}

function set(change: Partial<Known>): void {
  known = { ...known, ...change };
  for (const reader of readers) reader();
}

const tellCalls = (change: CallsChange) => {
  for (const listener of callsListeners) listener(change);
};

const merge = (before: Overview | undefined, change: OverviewChange): Overview | undefined =>
  // The first event is whole.
  before === undefined && change.ledger === undefined ? undefined : ({ ...before, ...change } as Overview);

/** Begins to follow the server. */
export const start = (): (() => void) =>
  follow({
    overview: (change) => {
      const couldNotRead = known.overview?.ledger.problem !== undefined;
      const overview = merge(known.overview, change);
      set({ overview, ...(change.now !== undefined && { heardAt: performance.now() }) });
      if (couldNotRead && overview?.ledger.problem === undefined) tellCalls({ changed: [], more: true });
    },
    calls: tellCalls,
    connection: (connection) => {
      const isBack = connection.state === "live" && known.overview !== undefined;
      set({ connection });
      if (isBack) tellCalls({ changed: [], more: true });
    },
  });

/** The ledger's clock now. It stands still while the page hears nothing new: what ran then may have ended. */
export function ledgerNow({ overview, heardAt, connection }: Known): number {
  if (overview?.now === undefined) return Date.now();
  const isFresh = connection.state === "live" && overview.ledger.problem === undefined;
  return overview.now + (isFresh ? performance.now() - heardAt : 0);
}
