import type { Row } from "../../database/columns.ts";
import type { TransactOptions, Query, SqlWording } from "../../database/sql.ts";
import { onceTarget, type ContentRef, type ContentStep, type ContentView } from "../contents/contents.ts";
import { changes, type ContentChange, readReservation, readSeen, readStreak } from "../contents/sql.ts";
import type { Operation } from "../operation/state.ts";
import type { View } from "../store/backend.ts";
import { readOperation } from "../store/rows.ts";
import { rowIn } from "./answer.ts";
import type { Arbiter } from "./arbiter.ts";
import type { Matter, Versioned, WriteAs } from "./matter.ts";
import { Parameters } from "./parameters.ts";
import { QueueById } from "./queue.ts";
import { asJson, DATABASE_FACTS, floorOf, guardOf } from "./statements.ts";
import { deletionOf } from "./deletion.ts";

interface Scope extends ContentView {
  /** The version of the operation of `once`, if there is one. */
  readonly onceVersion: string | undefined;
}

/**
 * Changes to the contents of dedupe gates. All writes of a scope name the version of that scope, as they also change what came last in it.
 */
export class ContentScopes {
  readonly #arbiter: Arbiter;
  readonly #table: SqlWording["table"];
  readonly #queue = new QueueById();

  constructor(arbiter: Arbiter, table: SqlWording["table"]) {
    this.#arbiter = arbiter;
    this.#table = table;
  }

  async transact<A>(
    content: ContentRef,
    options: TransactOptions,
    body: (view: ContentView & Omit<View, "row">) => ContentStep<A>,
  ): Promise<A> {
    const until = performance.now() + options.withinMs;
    return await this.#queue.run(content.scope, async () => {
      for (;;) {
        const withinMs = Math.max(1, until - performance.now());
        try {
          const decided = await this.#arbiter.settle<Scope, A>(this.#matter(content, body), {
            ...options,
            withinMs,
          });
          return decided.answer;
        } catch (error) {
          if (!(error instanceof FloorTooLow)) throw error;
          await this.#arbiter.raiseFenceFloor(error.fence, withinMs);
        }
      }
    });
  }

  #matter<A>(
    content: ContentRef,
    body: (view: ContentView & Omit<View, "row">) => ContentStep<A>,
  ): Matter<Scope, A> {
    return {
      guess: undefined,
      read: selectScope(content, this.#table),
      parse: readScope,
      decide: (scope, now) => {
        const step = body({ ...scope, ...now });
        const parts = changes(content, scope, step);
        const forgotten = step.forgetsOnce ? scope.onceVersion : undefined;
        const { once } = scope;
        if (forgotten !== undefined && once !== undefined && now.fenceFloor < once.fence)
          throw new FloorTooLow(once.fence);
        const isSame = parts.length === 0 && forgotten === undefined;
        return {
          answer: step.answer,
          state: scope,
          ...(!isSame && { write: (as) => writeScope(content, parts, forgotten, as, this.#table) }),
        };
      },
    };
  }
}

/** An operation is to be forgotten whose fence could then be used again. */
class FloorTooLow extends Error {
  readonly fence: number;

  constructor(fence: number) {
    super("The fence floor of the ledger is below the fence of an operation that is to be forgotten.");
    this.fence = fence;
  }
}

/** All that a decision about a content looks at, as JSON, in one statement: of one moment. */
function selectScope(content: ContentRef, table: SqlWording["table"]): Query {
  const p = new Parameters(table);
  return {
    text: `SELECT ${DATABASE_FACTS}, ${floorOf(table)}, ${columnsOfScope(content, p)}`,
    values: p.values,
  };
}

function columnsOfScope({ scope, sha256 }: ContentRef, p: Parameters): string {
  const once = onceTarget({ scope, sha256 });
  const [inScope, which] = [
    `r.scope = ${p.mark(scope)}`,
    `r.scope = ${p.mark(scope)} AND r.sha256 = ${p.mark(sha256)}`,
  ];
  // The reservation names the call; its operation may have been claimed by a later call since.
  const call = `(SELECT r.runner::json ->> 'callId' FROM ${p.table("content_reservations")} r WHERE ${which})`;
  const ofCall = `(r.name, r.key) IN (SELECT name, key FROM ${p.table("operations")} WHERE call_id = ${call}
    UNION SELECT name, key FROM ${p.table("attempts")} WHERE call_id = ${call})`;
  return [
    `(SELECT r.version FROM ${p.table("content_scopes")} r WHERE ${inScope}) AS version`,
    asJson("seen", `${p.table("contents")} r WHERE ${which}`),
    asJson("reserved", `${p.table("content_reservations")} r WHERE ${which}`),
    asJson("last", `${p.table("content_streaks")} r WHERE ${inScope}`),
    asJson(
      "once",
      `${p.table("operations")} r WHERE r.name = ${p.mark(once.name)} AND r.key = ${p.mark(once.key)}`,
    ),
    asJson("holder", `${p.table("operations")} r WHERE ${ofCall} LIMIT 1`),
  ].join(",\n");
}

function readScope(row: Row): Versioned<Scope> {
  const [once, holder] = [rowIn(row, "once"), rowIn(row, "holder")];
  const version = row["version"];
  return {
    version: typeof version === "string" ? version : undefined,
    state: {
      seen: readSeen(rowIn(row, "seen")),
      reserved: readReservation(rowIn(row, "reserved")),
      last: readStreak(rowIn(row, "last")),
      once: operationOf(once),
      holder: operationOf(holder),
      onceVersion: once && String(once["version"]),
    },
  };
}

const operationOf = (row: Row | undefined): Operation | undefined => row && readOperation(row);

/** @param forgotten the version of the operation of `once` that goes with its content */
function writeScope(
  content: ContentRef,
  parts: readonly ContentChange[],
  forgotten: string | undefined,
  { was, version, guard }: WriteAs,
  table: SqlWording["table"],
): Query {
  const p = new Parameters(table);
  const { scope } = content;
  const deletion = forgotten === undefined ? undefined : deletionOf(onceTarget(content), forgotten, p);
  const condition = `${guardOf(guard, p)}${deletion === undefined ? "" : " AND EXISTS (SELECT FROM doomed)"}`;
  const change =
    was === undefined
      ? `${p.insert("content_scopes", { scope, version }, `WHERE ${condition}`)} ON CONFLICT DO NOTHING`
      : `UPDATE ${table("content_scopes")} SET version = ${p.mark(version)} WHERE scope = ${p.mark(scope)} AND version = ${p.mark(was)} AND ${condition}`;
  const changed = parts.map((part, index) => `, part${index} AS (${changeOf(part, p)})`);
  return {
    text: `WITH ${deletion === undefined ? "" : `${deletion.doomed}, `}written AS (${change} RETURNING scope)${changed.join("")}${deletion?.parts ?? ""}
      SELECT ${DATABASE_FACTS}, ${floorOf(table)}, (SELECT count(*) FROM written) AS written, ${columnsOfScope(content, p)}`,
    values: p.values,
  };
}

function changeOf({ table, which, columns }: ContentChange, p: Parameters): string {
  if (columns === undefined) {
    const where = Object.entries(which).map(([name, value]) => `${name} = ${p.mark(value)}`);
    return `DELETE FROM ${p.table(table)} WHERE ${where.join(" AND ")} AND EXISTS (SELECT FROM written)`;
  }
  const sets = Object.keys(columns).map((name) => `${name} = EXCLUDED.${name}`);
  return `${p.insert(table, { ...which, ...columns }, "FROM written")}
    ON CONFLICT (${Object.keys(which).join(", ")}) DO UPDATE SET ${sets.join(", ")}`;
}
