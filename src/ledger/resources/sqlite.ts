import { text as textOf } from "../../database/columns.ts";
import { positional } from "../../database/sql.ts";
import type { SqliteConnection } from "../../database/sqlite/connection.ts";
import type { Operation } from "../operation/state.ts";
import type { Instant } from "../owner/instant.ts";
import type { ResourceBackend, ResourceChange, ResourceRows } from "./backend.ts";
import type { ResourceDocument, ResourceStep } from "./document.ts";
import * as sql from "./sql.ts";

/** The documents of resources in a ledger's file. */
export class SqliteResources implements ResourceBackend {
  readonly #db: SqliteConnection;
  readonly #clock: () => Instant;
  readonly #read: (target: Pick<Operation, "name" | "key">) => Operation | undefined;

  constructor(
    db: SqliteConnection,
    clock: () => Instant,
    read: (target: Pick<Operation, "name" | "key">) => Operation | undefined,
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#read = read;
  }

  readonly removal = (name: string): string =>
    `sqlite3 '${this.#db.path.replaceAll("'", String.raw`'\''`)}' "${sql.deleteDocument(positional, name)}"`;

  async change<A>(
    { name, targets }: ResourceChange,
    withinMs: number,
    body: (view: ResourceRows) => ResourceStep<A>,
  ): Promise<A> {
    return await this.#db.write({ durable: false, withinMs }, () => {
      const found = this.#db.get(sql.selectDocument(positional), [name]);
      const was = found && textOf(found, "document");
      const rows = targets.map((target) => this.#read(target));
      const now = this.#clock();
      // What a look says of a new fence counts for nothing.
      const { answer, text } = body({ text: was, rows, now, fenceFloor: 0 });
      if (text !== undefined && text !== was)
        this.#db.run(sql.replaceDocument(positional), [name, text, now.at]);
      return answer;
    });
  }

  async list(): Promise<readonly ResourceDocument[]> {
    const text = sql.selectResources(positional);
    return await this.#db.read(() => this.#db.all(text, []).map(sql.readResource));
  }
}
