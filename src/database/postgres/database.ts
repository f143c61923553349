import pTimeout from "p-timeout";
import type { Row } from "../columns.ts";
import { LedgerError, unavailable } from "../errors.ts";
import type { Column, SqlDatabase, SqlSession, TransactOptions } from "../sql.ts";
import { numbered } from "./numbered.ts";
import type { PgClient, PgPool } from "./driver.ts";
import { tooSlow } from "./errors.ts";
import { factsOf, type PostgresFacts } from "./facts.ts";
import { type Migrated, migrate, schemaVersion } from "./migrate.ts";
import { Passing, whilePassing } from "./passing.ts";
import { type StatementResult, BoundedPool, type Session } from "./pool.ts";
import { transaction, type TransactionOptions } from "./transaction.ts";

const READ_WITHIN_MS = 10_000;

export interface ConnectOptions {
  /** Whether a ledger that is not there is made. @default true */
  readonly mayCreate?: boolean | undefined;
  /** Lets the ledger work where a commit does not wait for the disk. @default false */
  readonly allowAsynchronousCommit?: boolean | undefined;
}

interface DatabaseOptions extends ConnectOptions {
  readonly location: string;
  readonly schema: string;
  /** The pool; asked for at the first use. */
  readonly pool: () => Promise<PgPool>;
  /** Whether `close` ends the pool. A user's own pool is never ended. */
  readonly ownsPool: boolean;
}

/**
 * A ledger's database in Postgres. It connects with its first use, and migrates then. No session state is left on a connection, so that
 * PgBouncer may hand each transaction another one.
 */
export class PostgresDatabase implements SqlDatabase {
  readonly dialect = "postgres";
  readonly location: string;
  /** The schema, as a quoted name for statements outside of a transaction: `${db.schema}.operations`. */
  readonly schema: string;
  /** How statements outside of a transaction are written. */
  readonly wording: ((n: number) => string) & { readonly table: (name: string) => string };
  readonly allowAsynchronousCommit: boolean;
  readonly #options: DatabaseOptions;
  #pool: Promise<BoundedPool> | undefined;
  #opening: Promise<Migrated> | undefined;
  #isReady = false;
  #isClosed = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.location = options.location;
    this.schema = `"${options.schema}"`;
    this.wording = Object.assign((n: number) => `$${n}`, {
      table: (name: string) => `${this.schema}.${name}`,
    });
    this.allowAsynchronousCommit = options.allowAsynchronousCommit ?? false;
  }

  /**
   * Connects and migrates, unless that is done.
   *
   * @throws LedgerError `ledger_unavailable`, `invalid_config`
   */
  async open(withinMs: number): Promise<void> {
    await whilePassing(withinMs, (leftMs) => this.#ready(leftMs));
  }

  /** Like `open`, and says what that changed. @throws LedgerError */
  async migrate(withinMs: number): Promise<Migrated> {
    const { schema } = this.#options;
    return await whilePassing(withinMs, async (leftMs) =>
      migrate(await this.#connected(), { schema, withinMs: leftMs }),
    );
  }

  /** What the server says of itself, and the version of its ledger (0: there is none). Changes nothing. @throws LedgerError */
  async facts(withinMs: number): Promise<PostgresFacts & { readonly schemaVersion: number }> {
    const { schema } = this.#options;
    return await whilePassing(withinMs, async (leftMs) => {
      const pool = await this.#connected();
      const facts = await factsOf(pool, leftMs);
      return { ...facts, schemaVersion: await schemaVersion(pool, { schema, withinMs: leftMs }) };
    });
  }

  /**
   * One statement with `$1` …, committed by itself and tried once. Names of tables carry `schema`. Numbers and booleans come as numbers,
   * everything else as text.
   *
   * @throws Passing for what may pass (`whilePassing` tries again), LedgerError
   */
  async query(
    text: string,
    values: readonly Column[],
    { withinMs }: { readonly withinMs: number },
  ): Promise<StatementResult> {
    return await this.#use(withinMs, (pool, leftMs) => pool.query(text, values, leftMs));
  }

  /** A connection for several statements that are no transaction, tried once. @throws Passing, LedgerError */
  async session<T>(
    { withinMs }: { readonly withinMs: number },
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    return await this.#use(withinMs, (pool, leftMs) => pool.use(leftMs, work));
  }

  /** A transaction, tried once; names of tables need no schema in it. @throws Passing, LedgerError */
  async transaction<T>(
    options: Omit<TransactionOptions, "schema">,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const { schema } = this.#options;
    return await this.#use(options.withinMs, (pool, withinMs) =>
      transaction(pool, { ...options, schema, withinMs }, work),
    );
  }

  /** A connection of its own for notifications, which the caller ends; see `connectBeside`. @throws Passing, LedgerError */
  async dedicated(withinMs: number, onLost: () => void): Promise<PgClient | undefined> {
    return await this.#use(withinMs, (pool, leftMs) => pool.beside(leftMs, onLost));
  }

  async read<T>(work: (session: SqlSession) => Promise<T>, withinMs: number = READ_WITHIN_MS): Promise<T> {
    const mode = "ISOLATION LEVEL REPEATABLE READ READ ONLY";
    return await whilePassing(withinMs, (leftMs) =>
      this.transaction({ mode, withinMs: leftMs }, (session) => work(asSqlSession(session))),
    );
  }

  /**
   * One write at a time per schema, as in a file. A write whose COMMIT got no answer is not run again: it may have been done.
   *
   * @throws LedgerError
   */
  async write<T>(
    { durable, withinMs }: TransactOptions,
    work: (session: SqlSession) => Promise<T>,
  ): Promise<T> {
    return await whilePassing(withinMs, async (leftMs) => {
      try {
        return await this.transaction({ withinMs: leftMs }, async (session) => {
          const { rows } = await session.query(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)), current_setting('synchronous_commit') AS commits",
            [`hardcall write ${this.schema}`],
          );
          if (durable && !this.allowAsynchronousCommit && rows[0]?.["commits"] === "off")
            throw notDurable(this.location);
          return await work(asSqlSession(session));
        });
      } catch (error) {
        if (error instanceof Passing && error.ambiguous) throw error.final;
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#options.ownsPool) await (await this.#pool?.catch(() => undefined))?.end();
  }

  async #use<T>(withinMs: number, work: (pool: BoundedPool, leftMs: number) => Promise<T>): Promise<T> {
    const until = performance.now() + withinMs;
    const pool = await this.#ready(withinMs);
    return await work(pool, Math.max(1, until - performance.now()));
  }

  async #connected(): Promise<BoundedPool> {
    if (this.#isClosed) throw unavailable("closed", `The ledger ${this.location} is closed.`);
    this.#pool ??= this.#options.pool().then((pool) => new BoundedPool(pool, this.location));
    try {
      return await this.#pool;
    } catch (error) {
      this.#pool = undefined; // A file that is missing now may be there at the next try.
      throw error;
    }
  }

  async #ready(withinMs: number): Promise<BoundedPool> {
    const pool = await this.#connected();
    if (this.#isReady) return pool;
    const { schema, mayCreate } = this.#options;
    this.#opening ??= migrate(pool, { schema, withinMs, mayCreate })
      .then((migrated) => {
        this.#isReady = true;
        return migrated;
      })
      .catch((error: unknown) => {
        // A migration whose commit got no answer is looked for at the next try. What the ledger was opened for has not begun.
        throw error instanceof Passing ? new Passing(error.final, false) : error;
      })
      .finally(() => (this.#opening = undefined));
    // Those who come meanwhile wait for it, each for its own time.
    await pTimeout(this.#opening, {
      milliseconds: withinMs > 2 ** 31 - 1 ? Infinity : withinMs,
      fallback: () => {
        throw tooSlow(this.location, withinMs, "connecting");
      },
    });
    return pool;
  }
}

/** The one setting that breaks the promise: a call would start, and after a crash of the server no one would know. */
export function notDurable(location: string): LedgerError {
  return unavailable(
    "not_durable",
    `The ledger ${location} has synchronous_commit = off, so a crash of the server could forget a call that has started. Nothing was started. Set it to on for this user (ALTER ROLE … SET synchronous_commit = on), or allow it with allowAsynchronousCommit: true.`,
  );
}

function asSqlSession(session: Session): SqlSession {
  const ask = async (text: string, values: readonly Column[]) => await session.query(numbered(text), values);
  return {
    dialect: "postgres",
    get: async (text, values): Promise<Row | undefined> => (await ask(text, values)).rows[0],
    all: async (text, values) => (await ask(text, values)).rows,
    run: async (text, values) => (await ask(text, values)).rowCount ?? 0,
  };
}
