import pTimeout from "p-timeout";
import type { Driver, FetchedJob, Transaction } from "./boss.ts";

/**
 * Fails the job so that the queue retries it after `delayMs`; if it has no retry left, it goes to the dead-letter queue. pg-boss 12's
 * `fail()` takes no delay, so `update()` sets it afterwards, in one transaction: no other worker sees the job in between, and a worker
 * that dies in between leaves the job as it was, active, until its heartbeat or its expiry gives it to another.
 *
 * @returns whether the job was still this worker's
 */
export function failFor(
  boss: Driver,
  queue: string,
  job: FetchedJob,
  delayMs: number,
  output: object,
): Promise<boolean> {
  return inTransaction(boss, async (db) => {
    if (!isChanged(await boss.fail(queue, attemptOf(job), output, { db }))) return false;
    if (job.retryCount < job.retryLimit) {
      await boss.update(queue, undefined, { db, id: job.id, startAfter: delayMs / 1000 });
    }
    return true;
  });
}

/**
 * Gives the job back to the queue for `delayMs`, with as many retries left as it had. pg-boss counts each claim of a job as a retry, so
 * the limit rises with the count. Also in one transaction.
 *
 * @returns whether the job was still this worker's
 */
export function putOff(
  boss: Driver,
  queue: string,
  job: FetchedJob,
  delayMs: number,
  output: object,
): Promise<boolean> {
  return inTransaction(boss, async (db) => {
    if (job.retryCount < job.retryLimit) {
      if (!isChanged(await boss.fail(queue, attemptOf(job), output, { db }))) return false;
    } else {
      // `fail()` would send it to the dead-letter queue. `resume()` brings back what an operator has cancelled, too: only with a claim.
      if (!isChanged(await boss.cancel(queue, attemptOf(job), { db }))) return false;
      await boss.resume(queue, job.id, { db });
    }
    await boss.update(queue, undefined, {
      db,
      id: job.id,
      startAfter: delayMs / 1000,
      retryLimit: job.retryLimit + 1,
    });
    return true;
  });
}

/** How long the statements of a transaction may take together. */
const TRANSACTION_MS = 10_000;

/**
 * If this worker is cut off from Postgres in the middle, the server would keep the transaction, and with it the lock of the job's row, for
 * hours: each pg-boss that looks for dead workers would wait for it.
 */
const END_IF_IDLE = `SET LOCAL idle_in_transaction_session_timeout = ${TRANSACTION_MS}`;

async function inTransaction(boss: Driver, work: (db: unknown) => Promise<boolean>): Promise<boolean> {
  const transaction = await begin(boss);
  try {
    const all = async () => {
      await transaction.db.executeSql(END_IF_IDLE);
      const done = await work(transaction.db);
      await transaction.commit();
      return done;
    };
    return await pTimeout(all(), { milliseconds: TRANSACTION_MS });
  } catch (error) {
    // Of a connection that does not answer, too: pg-boss then drops it.
    await transaction.rollback();
    throw error;
  }
}

function begin(boss: Driver): Promise<Transaction> {
  const db = boss.getDb();
  if (db.beginTransaction === undefined) throw new Error("work() has checked that there are transactions");
  return db.beginTransaction();
}

const attemptOf = ({ id, retryCount }: FetchedJob) => ({ id, retryCount });

const isChanged = ({ affected }: { readonly affected?: number }) => (affected ?? 0) > 0;
