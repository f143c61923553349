import type { Column } from "../sql.ts";
import { connectBeside } from "./dedicated.ts";
import {
  TYPES,
  type PgClient,
  type PgConnection,
  type PgPool,
  type PgPooled,
  type PgQuery,
  type PgResult,
} from "./driver.ts";
import { endsConnection, explainPostgres, tooSlow } from "./errors.ts";
import { LedgerError } from "../errors.ts";
import type { Passing } from "./passing.ts";
import { isDirect, isNotAsPrepared, preparedName, setDirect } from "./prepared.ts";

/** A statement's rows, and when it was sent, by `performance.now()`: what the answer says was true then or later. */
export interface StatementResult extends PgResult {
  readonly sentAt: number;
}

const ignore = () => undefined;

/** So long may a server take to begin a transaction. */
const BEGIN_WITHIN_MS = 5000;

/** A shorter silence is no sign that a connection is dead. */
const SUSPICIOUS_MS = 250;

/**
 * A pool of `pg` whose every use ends in time. A connection that did not answer is closed, not given back, and so are those that have not
 * answered since: what cuts one without a word has often cut all of them, and each would cost as much time.
 */
export class BoundedPool {
  readonly location: string;
  readonly #pool: PgPool;
  /** When each connection was last seen to work, on `performance.now()`. */
  readonly #workedAt = new WeakMap<PgPooled, number>();
  /** Connections that were idle since before this may be dead. */
  #suspectBefore = -Infinity;

  constructor(pool: PgPool, location: string) {
    this.#pool = pool;
    this.location = location;
  }

  /**
   * One statement, committed by itself, tried once. A text of several statements takes no values.
   *
   * @throws Passing, LedgerError
   */
  async query(
    text: string,
    values: readonly Column[] | undefined,
    withinMs: number,
  ): Promise<StatementResult> {
    return await this.use(withinMs, (session) => session.query(text, values));
  }

  /** Lends a connection to `work`; afterwards it is free for others, or closed where its state is not known. */
  async use<T>(withinMs: number, work: (session: Session) => Promise<T>): Promise<T> {
    const until = performance.now() + withinMs;
    const connection = await this.#acquireLive(until);
    // Without a listener the loss of a connection that is in use would end the process. Its statement fails all the same.
    connection.on("error", ignore);
    const session = new Session(connection, this.location, until);
    try {
      return await work(session);
    } finally {
      connection.off("error", ignore);
      this.#suspectBefore = Math.max(this.#suspectBefore, session.silentSince ?? -Infinity);
      if (!session.isBroken) this.#workedAt.set(connection, performance.now());
      connection.release(session.isBroken);
    }
  }

  /** See `connectBeside`. @throws Passing, LedgerError */
  async beside(withinMs: number, onLost: () => void): Promise<PgClient | undefined> {
    const connecting = connectBeside(this.#pool, onLost);
    try {
      return await bounded(connecting, withinMs, () => {
        void connecting.then((client) => client?.end(), ignore);
        return tooSlow(this.location, withinMs, "connecting");
      });
    } catch (error) {
      throw explainPostgres(error, this.location, "connecting");
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #acquireLive(until: number): Promise<PgPooled> {
    for (;;) {
      const connection = await this.#acquire(Math.max(1, until - performance.now()));
      const workedAt = this.#workedAt.get(connection);
      if (workedAt === undefined || workedAt >= this.#suspectBefore) return connection;
      connection.release(true);
    }
  }

  async #acquire(withinMs: number): Promise<PgPooled> {
    let isLate = false;
    // pg throws at once for settings that it cannot read.
    const connecting = (async () => await this.#pool.connect())();
    connecting.then((connection) => isLate && connection.release(), ignore);
    try {
      const connection = await bounded(connecting, withinMs, () => {
        isLate = true;
        return tooSlow(this.location, withinMs, "connecting");
      });
      requireReadable(connection);
      return connection;
    } catch (error) {
      throw explainPostgres(error, this.location, "connecting");
    }
  }
}

/** @throws LedgerError `invalid_config` for what a user's pool may hand out and hardcall cannot use */
function requireReadable(connection: PgPooled | undefined): void {
  if (typeof connection?.release !== "function" || typeof connection.query !== "function") {
    throw new LedgerError(
      "invalid_config",
      'The pool of the ledger is not a Pool of "pg": its connect() gives no connection that can be released.',
    );
  }
  if (connection.binary !== true) return;
  connection.release();
  throw new LedgerError(
    "invalid_config",
    "The pool of the ledger asks for values in binary (binary: true, or pg.defaults.binary), which hardcall cannot read. Leave that out.",
  );
}

/** A connection while it is lent. */
export class Session {
  readonly #connection: PgConnection;
  readonly #location: string;
  #until: number;
  /** Whether nothing more can be asked of the connection: its last statement may still run, or a transaction is open. */
  isBroken = false;
  /** Whether statements that come often are prepared. Not in a transaction, which a refusal would end. */
  mayPrepare = true;
  /** When the statement was sent that got no answer for long, on `performance.now()`. */
  silentSince: number | undefined;

  constructor(connection: PgConnection, location: string, until: number) {
    this.#connection = connection;
    this.#location = location;
    this.#until = until;
  }

  /** The backend's number as the handshake gave it. */
  get processID(): number | undefined {
    return this.#connection.processID ?? undefined;
  }

  /**
   * Asks whether anyone is there, with statements that take no time. A connection that lay idle may have been cut without a word, and
   * otherwise the whole time would be spent on it.
   *
   * @throws Passing, LedgerError
   */
  async begin(text: string): Promise<void> {
    const leftMs = this.#until - performance.now();
    const whole = this.#until;
    this.#until = performance.now() + Math.min(leftMs / 2, BEGIN_WITHIN_MS);
    await this.query(text);
    this.#until = whole;
  }

  /** @throws Passing, LedgerError */
  async query(text: string, values?: readonly Column[]): Promise<StatementResult> {
    // Nothing was asked, so the connection is as good as before.
    if (performance.now() >= this.#until) throw tooSlow(this.#location, 0, "connecting");
    try {
      const name = values === undefined || !this.mayPrepare ? undefined : preparedName(text);
      const mayName = name !== undefined && (isDirect(this.#connection) ?? (await this.#findDirect()));
      if (!mayName) return await this.#ask({ text, values });
      try {
        return await this.#ask({ text, values, name });
      } catch (error) {
        if (!isNotAsPrepared(error)) throw error;
        setDirect(this.#connection, false);
        return await this.#ask({ text, values });
      }
    } catch (error) {
      // After an error that the server reports about the statement the connection is as good as before.
      this.isBroken ||= endsConnection(error);
      throw explainPostgres(error, this.#location, "running");
    }
  }

  /** Asked once per connection: a pooler makes up the number of a backend, or has another one for each transaction. */
  async #findDirect(): Promise<boolean> {
    const { rows } = await this.#ask({ text: "SELECT pg_backend_pid() AS backend" });
    const is = this.processID !== undefined && rows[0]?.["backend"] === this.processID;
    setDirect(this.#connection, is);
    return is;
  }

  async #ask(query: Omit<PgQuery, "types">): Promise<StatementResult> {
    const leftMs = Math.max(1, this.#until - performance.now());
    const sentAt = performance.now();
    const asked = this.#connection.query({ ...query, types: TYPES });
    const result = await bounded(asked, leftMs, () => {
      if (leftMs >= SUSPICIOUS_MS) this.silentSince = sentAt;
      return tooSlow(this.#location, leftMs, "running");
    });
    const last = Array.isArray(result) ? (result as readonly PgResult[]).at(-1) : (result as PgResult);
    return { command: null, rowCount: 0, rows: [], ...last, sentAt };
  }
}

/** As p-timeout, which makes an error with its stack for each promise; here there are six for each call. Longer than timers can wait, a limit is none. */
function bounded<T>(promise: Promise<T>, withinMs: number, late: () => Passing): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = withinMs > 2 ** 31 - 1 ? undefined : setTimeout(() => reject(late()), withinMs);
    const settled = () => clearTimeout(timer);
    promise.then(resolve, reject).then(settled, settled);
  });
}
