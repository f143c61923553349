import type { SqlDatabase, SqlSession, TransactOptions } from "../sql.ts";
import { READ_WITHIN_MS, type SqliteConnection } from "./connection.ts";
import { timeLeft } from "./while-busy.ts";

/** A ledger's file for what is kept in it beside the calls. It has the connection to itself. */
export class SqliteDatabase implements SqlDatabase {
  readonly dialect = "sqlite";
  readonly #db: SqliteConnection;
  readonly #session: SqlSession;
  #newest: Promise<unknown> = Promise.resolve();

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#session = {
      dialect: this.dialect,
      get: async (text, values) => db.get(text, values),
      all: async (text, values) => db.all(text, values),
      run: async (text, values) => db.run(text, values),
    };
  }

  get location(): string {
    return this.#db.path;
  }

  async read<T>(work: (session: SqlSession) => Promise<T>, withinMs: number = READ_WITHIN_MS): Promise<T> {
    return await this.#db.whenFree(withinMs, () =>
      this.#alone(async () => {
        this.#db.run("BEGIN", []);
        // Nothing was written, so there is nothing to commit.
        return await work(this.#session).finally(() => this.#db.rollBack());
      }),
    );
  }

  async write<T>(
    { durable, withinMs }: TransactOptions,
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    return await this.#db.whenMine(timeLeft(withinMs), () =>
      this.#alone(async () => {
        try {
          this.#db.begin(durable);
          const answer = await work(this.#session);
          this.#db.commit(durable);
          return answer;
        } catch (error) {
          this.#db.rollBack();
          throw error;
        }
      }),
    );
  }

  async close(): Promise<void> {
    await this.#alone(() => this.#db.close());
  }

  /**
   * One after the other: a transaction belongs to the connection, so a statement from elsewhere would become part of it. While one waits
   * for another process, it does not keep the others from trying.
   */
  #alone<T>(transaction: () => Promise<T>): Promise<T> {
    const mine = this.#newest.then(transaction);
    this.#newest = mine.catch(() => undefined);
    return mine;
  }
}
