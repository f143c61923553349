import { type Row, text } from "../../database/columns.ts";
import type { Column, Columns, TransactOptions, SqlWording } from "../../database/sql.ts";
import type { Step } from "../operation/events.ts";
import type { Operation } from "../operation/state.ts";
import { idOf, type Target, type View } from "../store/backend.ts";
import { operationColumns, readOperation } from "../store/rows.ts";
import { rowIn } from "./answer.ts";
import type { Arbiter } from "./arbiter.ts";
import type { Decision, Now, Versioned } from "./matter.ts";
import { QueueById } from "./queue.ts";
import { type Notification, selectVersioned, writeOperation } from "./statements.ts";

/** How many rows of running calls are remembered. A call whose row is not costs one statement more. */
const MOST_KEPT = 1000;

type Place = Operation | undefined;

interface Seen extends Versioned<Place> {
  /** When the statement was sent, on `performance.now()`: what it brought was true then or later. */
  readonly readAt: number;
}

const NOWHERE: Versioned<Place> = { state: undefined, version: undefined };

/**
 * Changes to operations. What this process has claimed it remembers, so that `started` and `settle` are one statement each. Of a
 * key that it knows nothing of it believes that there is none: a claim is one statement, the insertion, also when that meets a row.
 *
 * Thousands of claims of one key may wait here for each other. A row that was read answers those that had come before it was read.
 */
export class Operations {
  readonly #arbiter: Arbiter;
  readonly #table: SqlWording["table"];
  /** Two writes of one process to one row would only refuse each other. */
  readonly #queue = new QueueById();
  readonly #kept = new Map<string, Versioned<Place>>();
  /** The row of each key that has a queue, as it was last read or written. */
  readonly #seen = new Map<string, Seen>();
  readonly #notificationOf: (target: Target) => Notification;

  /** @param notificationOf what the write that ends an operation tells those who wait for it */
  constructor(
    arbiter: Arbiter,
    table: SqlWording["table"],
    notificationOf: (target: Target) => Notification,
  ) {
    this.#arbiter = arbiter;
    this.#table = table;
    this.#notificationOf = notificationOf;
  }

  async transact<A>(target: Target, options: TransactOptions, body: (view: View) => Step<A>): Promise<A> {
    const id = idOf(target);
    const askedAt = performance.now();
    const turn = this.#queue.run(id, async () => {
      const withinMs = Math.max(1, askedAt + options.withinMs - performance.now());
      const seen = this.#seen.get(id);
      const isFresh = seen !== undefined && seen.readAt >= askedAt;
      const kept = this.#kept.get(id);
      this.#kept.delete(id);
      const decided = await this.#arbiter.settle(
        {
          guess: isFresh ? seen : (kept ?? NOWHERE),
          isFresh,
          read: selectVersioned(target, this.#table),
          parse,
          decide: (row: Place, now: Now) => this.#decide(target, row, now, body),
        },
        { ...options, withinMs },
      );
      const { state, version, readAt } = decided;
      if (readAt !== undefined) this.#seen.set(id, { state, version, readAt });
      if (decided.isOwn && !isEnded(state)) this.#keep(id, decided);
      else if (kept !== undefined && kept.version === version) this.#keep(id, kept);
      return decided.answer;
    });
    try {
      return await turn;
    } finally {
      if (!this.#queue.has(id)) this.#seen.delete(id);
    }
  }

  /** The row as it is, in one statement. */
  async look(target: Target, withinMs: number): Promise<View> {
    const decided = await this.#arbiter.settle<Place, View>(
      {
        guess: undefined,
        read: selectVersioned(target, this.#table),
        parse,
        decide: (row, now) => ({ answer: { row, ...now }, state: row }),
      },
      { withinMs },
    );
    return decided.answer;
  }

  #decide<A>(target: Target, row: Place, now: Now, body: (view: View) => Step<A>): Decision<Place, A> {
    const { answer, row: next = row, log } = body({ row, ...now });
    if (next === undefined || (next === row && log.length === 0)) return { answer, state: row };
    const columns = { ...changed(row, next), ...(isEnded(row) && !isEnded(next) && { awaited: 0 }) };
    const notify = isEnded(next) && !isEnded(row) ? this.#notificationOf(target) : undefined;
    return {
      answer,
      state: next,
      write: ({ guard, ...as }) =>
        writeOperation({ target, columns, log, notify, ...as }, guard, this.#table),
    };
  }

  #keep(id: string, { state, version }: Versioned<Place>): void {
    this.#kept.set(id, { state, version });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

/** Of a row that is there only what differs: the statement is shorter, and an index whose columns stay is not written. */
function changed(row: Place, next: Operation): Columns {
  const columns = columnsOf(next);
  if (row === undefined) return columns;
  const before = columnsOf(row);
  const differ: Record<string, Column> = {};
  for (const name in columns) {
    const value = columns[name] ?? null;
    if (value !== before[name]) differ[name] = value;
  }
  return differ;
}

/** Each row of a call is looked at twice: as what is to be, and as what was. */
const columnsByRow = new WeakMap<Operation, Columns>();

function columnsOf(row: Operation): Columns {
  const known = columnsByRow.get(row) ?? operationColumns(row);
  columnsByRow.set(row, known);
  return known;
}

function isEnded(row: Place): boolean {
  return row === undefined || !(row.state === "reserved" || row.state === "started" || row.probing);
}

function parse(row: Row): Versioned<Place> {
  const operation = rowIn(row, "operation");
  if (operation === undefined) return NOWHERE;
  return { state: readOperation(operation), version: text(operation, "version") };
}
