import { stateOf, type JournalState } from "../journal/state.ts";
import type { JournalListing, JournalRecord } from "../ledger/journal/entry.ts";
import { changedAt, type Operation, type OperationState } from "../ledger/operation/state.ts";
import type { LedgerStore, Listing } from "../ledger/store/store.ts";

/** Few enough that a page of values of 1 MiB each fits into memory. */
export const CALLS_PER_PAGE = 100;

/** What `--state` can ask for. A call of the journal has the last four only. */
const LISTED_STATES = ["reserved", "started", "in_doubt", "running", "lost", "succeeded", "failed"] as const;

export interface CallListing {
  readonly state?: (typeof LISTED_STATES)[number] | undefined;
  readonly name?: string | undefined;
  readonly olderThanMs?: number | undefined;
}

/** A call of a list: with a key as the ledger guards it, else as the journal has it. */
export type ListedCall = { readonly at: number } & (
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "journalled"; readonly record: JournalRecord; readonly state: JournalState }
);

/** The calls of a ledger, newest first: one with a key by its last change, one of the journal by its start. */
export async function* listCalls(
  store: LedgerStore,
  { state, name, olderThanMs }: CallListing,
  limit: number,
): AsyncGenerator<ListedCall> {
  const filter = { name, olderThanMs };
  const sources = [
    ...operationStates(state).map((one) => operations(store, { ...filter, state: one })),
    ...(state === undefined || JOURNAL_STATES.includes(state)
      ? [journalled(store, { ...filter, ...JOURNAL_FILTER[state ?? "all"] }, state)]
      : []),
  ];
  let left = limit;
  for await (const call of merged(sources)) {
    yield call;
    left -= 1;
    if (left === 0) return;
  }
}

/** `undefined` stands for every state. */
function operationStates(state: CallListing["state"]): readonly (OperationState | undefined)[] {
  if (state === "running") return ["reserved", "started"];
  return state === "lost" ? [] : [state];
}

const JOURNAL_STATES: readonly string[] = ["running", "lost", "succeeded", "failed"];
const JOURNAL_FILTER: Readonly<Record<string, JournalListing>> = {
  running: { state: "running" },
  lost: { state: "running" },
  succeeded: { outcome: "executed" },
  failed: { outcome: "failed" },
  all: {},
};

async function* operations(store: LedgerStore, filter: Listing): AsyncGenerator<ListedCall> {
  for (let after: Operation | undefined; ;) {
    const page = await store.list({ ...filter, after, limit: CALLS_PER_PAGE });
    for (const operation of page) yield { kind: "operation", operation, at: changedAt(operation) };
    after = page.at(-1);
    if (page.length < CALLS_PER_PAGE) return;
  }
}

async function* journalled(
  store: LedgerStore,
  filter: JournalListing,
  wanted: CallListing["state"],
): AsyncGenerator<ListedCall> {
  const now = (await store.moment()).now.at;
  for (let after: JournalRecord | undefined; ;) {
    const page = await store.journal({ ...filter, after, limit: CALLS_PER_PAGE });
    for (const record of page) {
      const state = stateOf(record, now);
      const isWanted = wanted === undefined || (state === "waiting" ? "running" : state) === wanted;
      if (isWanted && !isOperation(record)) yield { kind: "journalled", record, state, at: record.startedAt };
    }
    after = page.at(-1);
    if (page.length < CALLS_PER_PAGE) return;
  }
}

/** A call with a key is in the list as its operation, except where a limit refused it before it claimed its key. */
const isOperation = ({ key, code }: JournalRecord): boolean =>
  key !== undefined && !(code !== undefined && REFUSALS.includes(code));

/** The codes by which a resource refuses a call. */
export const REFUSALS: readonly string[] = ["busy", "over_budget", "circuit_open"];

/** Lists in order as one list in order. */
async function* merged(sources: readonly AsyncGenerator<ListedCall>[]): AsyncGenerator<ListedCall> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
  for (;;) {
    const ready = heads.filter(({ next }) => !next.done);
    const newest = ready.toSorted((one, other) => atOf(other) - atOf(one))[0];
    if (newest === undefined || newest.next.done) return;
    yield newest.next.value;
    newest.next = await newest.source.next();
  }
}

const atOf = ({ next }: { readonly next: IteratorResult<ListedCall> }): number =>
  next.done ? -Infinity : next.value.at;
