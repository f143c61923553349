import { type Row, text } from "../../database/columns.ts";
import type { Query, SqlWording } from "../../database/sql.ts";
import type { Operation } from "../operation/state.ts";
import type { ResourceDocument, ResourceStep } from "../resources/document.ts";
import { deleteDocument, readResource, selectResources } from "../resources/sql.ts";
import type { ResourceBackend, ResourceChange, ResourceRows } from "../resources/backend.ts";
import type { Target } from "../store/backend.ts";
import { readOperation } from "../store/rows.ts";
import { rowIn } from "./answer.ts";
import type { Arbiter } from "./arbiter.ts";
import type { Matter, Versioned, WriteAs } from "./matter.ts";
import { clean, Parameters } from "./parameters.ts";
import { QueueById } from "./queue.ts";
import { asJson, DATABASE_FACTS, guardOf } from "./statements.ts";

interface State {
  readonly text: string | undefined;
  /** Of the operations that were asked for; `undefined`: none was read, and it is believed that none is there. */
  readonly rows: readonly (Operation | undefined)[] | undefined;
}

/**
 * Changes to the documents of resources. The newest document that this process has seen is remembered, and of a key it is believed that
 * nothing is there: a change is then one statement, also with the look at a new key.
 */
export class Resources implements ResourceBackend {
  readonly #arbiter: Arbiter;
  readonly #wording: SqlWording;
  readonly #run: (query: Query) => Promise<readonly Row[]>;
  /** Two writes of one process to one row would only refuse each other. */
  readonly #queue = new QueueById();
  readonly #kept = new Map<string, Versioned<string | undefined>>();

  constructor(arbiter: Arbiter, wording: SqlWording, run: (query: Query) => Promise<readonly Row[]>) {
    this.#arbiter = arbiter;
    this.#wording = wording;
    this.#run = run;
  }

  async change<A>(
    change: ResourceChange,
    withinMs: number,
    body: (view: ResourceRows) => ResourceStep<A>,
  ): Promise<A> {
    const { name } = change;
    const until = performance.now() + withinMs;
    return await this.#queue.run(name, async () => {
      const kept = this.#kept.get(name) ?? { state: undefined, version: undefined };
      const guess = { state: { text: kept.state, rows: undefined }, version: kept.version };
      const leftMs = Math.max(1, until - performance.now());
      const decided = await this.#arbiter.settle(this.#matter(change, guess, body), { withinMs: leftMs });
      this.#kept.set(name, { state: decided.state.text, version: decided.version });
      return decided.answer;
    });
  }

  /** Without psql: the URL has a password. */
  readonly removal = (name: string): string => deleteDocument(this.#wording, name);

  async list(): Promise<readonly ResourceDocument[]> {
    return (await this.#run({ text: selectResources(this.#wording), values: [] })).map(readResource);
  }

  #matter<A>(
    { name, targets }: ResourceChange,
    guess: Versioned<State>,
    body: (view: ResourceRows) => ResourceStep<A>,
  ): Matter<State, A> {
    const none = targets.map(() => undefined);
    let rows: State["rows"];
    return {
      guess,
      mayBeLost: true,
      read: readDocument(name, targets, this.#wording.table),
      parse: (row) => {
        const found = rowIn(row, "resource");
        // A statement after the first has no need to look at the operations again.
        rows = operationsIn(row) ?? rows;
        return {
          state: { text: found && text(found, "document"), rows },
          version: found && text(found, "version"),
        };
      },
      hasLearnt: (was, is) => was.rows === undefined && is.rows?.some((row) => row !== undefined) === true,
      decide: (state, now) => {
        const step = body({ text: state.text, rows: state.rows ?? none, ...now });
        if (step.text === undefined || step.text === state.text) return { answer: step.answer, state };
        const document = step.text;
        const unread = state.rows === undefined ? targets : [];
        return {
          answer: step.answer,
          state: { ...state, text: document },
          write: (as) =>
            writeDocument({ name, document, at: now.now.at, unread, ...as }, this.#wording.table),
        };
      },
    };
  }
}

interface Write extends WriteAs {
  readonly name: string;
  readonly document: string;
  readonly at: number;
  /** Operations that must not be there, as the decision believes. */
  readonly unread: readonly Target[];
}

function readDocument(name: string, targets: readonly Target[], table: SqlWording["table"]): Query {
  const p = new Parameters(table);
  const parts = [DATABASE_FACTS, documentOf(name, p)];
  if (targets.length === 0) return { text: `SELECT ${parts.join(", ")}`, values: p.values };
  return { text: `WITH ${looked(targets, p)} SELECT ${[...parts, LOOKED].join(", ")}`, values: p.values };
}

/** Changes the document if it is as it was read, and answers with what is there if it was not. */
function writeDocument(write: Write, table: SqlWording["table"]): Query {
  const { name, document, at, unread, was, version, guard } = write;
  const p = new Parameters(table);
  const looks = unread.length === 0 ? "" : `${looked(unread, p)}, `;
  const isUnknown =
    unread.length === 0 ? [] : ["NOT EXISTS (SELECT FROM looked WHERE operation IS NOT NULL)"];
  const condition = [guardOf(guard, p), ...isUnknown].join(" AND ");
  const columns = { name, document, changed_at: at, version };
  const change =
    was === undefined
      ? `${p.insert("resources", columns, `WHERE ${condition}`)} ON CONFLICT DO NOTHING`
      : `UPDATE ${table("resources")} SET document = ${p.mark(document)}, changed_at = ${p.mark(at)}, version = ${p.mark(version)}
          WHERE name = ${p.mark(name)} AND version = ${p.mark(was)} AND ${condition}`;
  const answer = [
    DATABASE_FACTS,
    "(SELECT count(*) FROM written) AS written",
    documentOf(name, p, "AND NOT EXISTS (SELECT FROM written)"),
    ...(unread.length === 0 ? [] : [LOOKED]),
  ];
  return {
    text: `WITH ${looks}written AS (${change} RETURNING name) SELECT ${answer.join(", ")}`,
    values: p.values,
  };
}

function documentOf(name: string, p: Parameters, condition = ""): string {
  return asJson("resource", `${p.table("resources")} r WHERE r.name = ${p.mark(name)} ${condition}`);
}

const LOOKED = "(SELECT json_agg(operation ORDER BY n) FROM looked) AS looked";

/** The operations of any number of keys, in one text: each is looked up by the primary key. */
function looked(targets: readonly Target[], p: Parameters): string {
  const keys = targets.map(({ name, key }, n) => ({ n, name: clean(name), key: clean(key) }));
  return `looked AS MATERIALIZED (SELECT l.n,
      (SELECT row_to_json(r) FROM ${p.table("operations")} r WHERE r.name = l.name AND r.key = l.key) AS operation
    FROM json_to_recordset(${p.mark(JSON.stringify(keys))}::json) AS l (n integer, name text, key text))`;
}

function operationsIn(row: Row): readonly (Operation | undefined)[] | undefined {
  const json = row["looked"];
  if (typeof json !== "string") return undefined;
  return (JSON.parse(json) as (Row | null)[]).map((one) => (one === null ? undefined : readOperation(one)));
}
