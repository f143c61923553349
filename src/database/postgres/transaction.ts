import { unavailable } from "../errors.ts";
import { Passing } from "./passing.ts";
import type { BoundedPool, Session } from "./pool.ts";

export interface TransactionOptions {
  /** What comes after BEGIN, such as `ISOLATION LEVEL REPEATABLE READ READ ONLY`. */
  readonly mode?: string | undefined;
  /** The only schema in which names without one are looked up. */
  readonly schema: string;
  readonly withinMs: number;
}

/** So long may a transaction stand still before the server ends it: its process is suspended, and others wait for its locks. */
const IDLE_MS = 5000;

/**
 * Runs `work` in one transaction, which ends with its connection at the latest. All settings are the transaction's own, so another that
 * PgBouncer hands the connection to finds none of them.
 *
 * @throws Passing, LedgerError; `ambiguous` only where COMMIT was sent and its answer is missing
 */
export async function transaction<T>(
  pool: BoundedPool,
  { mode = "", schema, withinMs }: TransactionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return await pool.use(withinMs, async (session) => {
    session.mayPrepare = false;
    const limitMs = Math.max(1, Math.ceil(Math.min(withinMs, 2 ** 31 - 1)));
    const settings = [
      `BEGIN ${mode}`,
      `SET LOCAL search_path TO "${schema}"`,
      `SET LOCAL statement_timeout TO ${limitMs}`,
      `SET LOCAL lock_timeout TO ${limitMs}`,
      `SET LOCAL idle_in_transaction_session_timeout TO ${IDLE_MS}`,
    ];
    let mayHaveCommitted = false;
    try {
      await session.begin(settings.join("; "));
      const answer = await work(session);
      mayHaveCommitted = true;
      const { command } = await session.query("COMMIT");
      // The server answers so when a statement had failed, and its error was not passed on.
      if (command !== "COMMIT")
        throw unavailable("io", `The ledger ${pool.location} did not commit a change.`);
      return answer;
    } catch (error) {
      if (!session.isBroken) await session.query("ROLLBACK").catch(() => (session.isBroken = true));
      throw error instanceof Passing && !mayHaveCommitted ? new Passing(error.final, false) : error;
    }
  });
}
