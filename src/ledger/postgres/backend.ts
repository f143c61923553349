import { type Row, text } from "../../database/columns.ts";
import type { PostgresDatabase } from "../../database/postgres/database.ts";
import { whilePassing } from "../../database/postgres/passing.ts";
import type { Query, TransactOptions, SqlWording } from "../../database/sql.ts";
import type { ContentRef, ContentStep, ContentView } from "../contents/contents.ts";
import type { Step } from "../operation/events.ts";
import { changedAt, type LedgerAttempt, type Operation } from "../operation/state.ts";
import type { Instant } from "../owner/instant.ts";
import type { Backend, EndedOptions, OpenAttempt, Target, View } from "../store/backend.ts";
import * as rows from "../store/rows.ts";
import * as sql from "../store/sql.ts";
import type { Listing, OperationHistory, OperationRef, Pruned } from "../store/store.ts";
import { Arbiter } from "./arbiter.ts";
import { ContentScopes } from "./contents.ts";
import { Ends } from "./ends.ts";
import { PostgresJournal } from "./journal.ts";
import { Operations } from "./operations.ts";
import { prunePostgres } from "./prune.ts";
import { Resources } from "./resources.ts";
import { awaitEnd } from "./statements.ts";

/** Of what is only looked at. */
const READ_WITHIN_MS = 10_000;

/** A ledger in Postgres. How it is written to: see `Arbiter`. */
export class PostgresBackend implements Backend {
  readonly location: string;
  readonly spansHosts = true;
  readonly resources: Resources;
  readonly journal: PostgresJournal;
  readonly #db: PostgresDatabase;
  readonly #wording: SqlWording;
  readonly #arbiter: Arbiter;
  readonly #operations: Operations;
  readonly #contents: ContentScopes;
  readonly #ends: Ends;

  /** @param ownClock of a test, which then decides alone */
  constructor(db: PostgresDatabase, ownClock?: () => Instant) {
    this.#db = db;
    this.location = db.location;
    const table = (name: string) => `${db.schema}.${name}`;
    this.#wording = Object.assign((n: number) => `$${n}`, { table });
    this.#arbiter = new Arbiter(db, table, ownClock);
    this.#ends = new Ends(db);
    this.#operations = new Operations(this.#arbiter, table, (target) => this.#ends.notificationOf(target));
    this.#contents = new ContentScopes(this.#arbiter, table);
    const run = (query: Query, withinMs?: number) => this.#rows(query, withinMs);
    this.resources = new Resources(this.#arbiter, this.#wording, run);
    this.journal = new PostgresJournal(this.#wording, run);
  }

  async transact<A>(target: Target, options: TransactOptions, body: (view: View) => Step<A>): Promise<A> {
    return await this.#operations.transact(target, options, body);
  }

  async transactContent<A>(
    content: ContentRef,
    options: TransactOptions,
    body: (view: ContentView & Omit<View, "row">) => ContentStep<A>,
  ): Promise<A> {
    return await this.#contents.transact(content, options, body);
  }

  async look(target: Target, withinMs: number): Promise<View> {
    return await this.#operations.look(target, withinMs);
  }

  async now(): Promise<Instant> {
    return await this.#arbiter.now(READ_WITHIN_MS);
  }

  async attempt({ name, key }: Target, fence: number): Promise<LedgerAttempt | undefined> {
    const [row] = await this.#rows({
      text: sql.selectAttempt(this.#wording),
      values: [name, key, fence],
    });
    return row && rows.readAttempt(row);
  }

  async list({ state, name, olderThanMs, after, limit = 100 }: Listing): Promise<readonly Operation[]> {
    const before =
      olderThanMs === undefined ? undefined : (await this.#arbiter.now(READ_WITHIN_MS)).at - olderThanMs;
    const last = after && { name: after.name, key: after.key, changedAt: changedAt(after) };
    const query = sql.selectOperations({ state, name, before, last }, limit, this.#wording);
    return (await this.#rows(query)).map(rows.readOperation);
  }

  async show({ callIdOrKey, name }: OperationRef): Promise<readonly OperationHistory[]> {
    const { table } = this.#wording;
    const history = (of: string) =>
      `(SELECT coalesce(json_agg(h ORDER BY h.id), '[]') FROM ${table(of)} h WHERE h.name = o.name AND h.key = o.key) AS all_${of}`;
    const found = await this.#rows({
      // One statement: of one moment.
      text: `SELECT o.*, ${history("attempts")}, ${history("resolutions")}
        FROM (${sql.selectByReference(this.#wording)}) AS o ORDER BY o.name, o.key`,
      values: [callIdOrKey, callIdOrKey, callIdOrKey],
    });
    return found
      .filter((row) => name === undefined || row["name"] === name)
      .map((row) => ({
        record: rows.readOperation(row),
        attempts: rowsIn(row, "all_attempts").map(rows.readAttempt),
        resolutions: rowsIn(row, "all_resolutions").map(rows.readResolution),
      }));
  }

  async openAttempts(host: string, bootId: string): Promise<readonly OpenAttempt[]> {
    const open = await this.#rows({ text: sql.selectUnfinished(this.#wording), values: [bootId, host] });
    return open.map((row) => ({
      name: text(row, "name"),
      key: text(row, "key"),
      attempt: rows.readAttempt(row),
    }));
  }

  async prune(retentionMs: number, tombstoneMs: number, withinMs: number): Promise<Omit<Pruned, "journal">> {
    const { at } = await this.#arbiter.now(withinMs);
    return await prunePostgres(
      {
        wording: this.#wording,
        run: (query) => this.#rows(query, withinMs),
        raiseFenceFloor: (fence) => this.#arbiter.raiseFenceFloor(fence, withinMs),
      },
      { at, retentionMs, tombstoneMs },
    );
  }

  async ended(target: Target, options: EndedOptions): Promise<void> {
    await this.#ends.wait(
      target,
      async () => {
        const [row] = await this.#rows(awaitEnd(target, this.#wording.table), options.withinMs);
        return row?.["held"] === 0;
      },
      options,
    );
  }

  async close(): Promise<void> {
    await this.#ends.close();
    await this.#db.close();
  }

  async #rows({ text: query, values }: Query, withinMs = READ_WITHIN_MS): Promise<readonly Row[]> {
    const result = await whilePassing(withinMs, (leftMs) =>
      this.#db.query(query, values, { withinMs: leftMs }),
    );
    return result.rows;
  }
}

function rowsIn(row: Row, column: string): readonly Row[] {
  return JSON.parse(text(row, column)) as Row[];
}
