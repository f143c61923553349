import { Client } from "pg";
import { PgBoss } from "pg-boss";
import { DEAD_LETTERS, KINDS, LIMITS, type Job, type JobData } from "./plan/jobs.ts";
import type { QueueRecord } from "./records.ts";

/** A row of the queue, with the key of its job. */
export interface QueueRow extends QueueRecord {
  readonly key: string;
  readonly name: string;
}

/** Makes the queues, and puts every job in its own. */
export async function enqueue(
  connectionString: string,
  url: string,
  { jobs, retryLimit }: { readonly jobs: readonly Job[]; readonly retryLimit: number },
): Promise<void> {
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false });
  boss.on("error", () => undefined);
  await boss.start();
  try {
    await boss.createQueue(DEAD_LETTERS);
    for (const kind of KINDS) {
      await boss.createQueue(kind, {
        retryLimit,
        retryDelay: 1,
        deadLetter: DEAD_LETTERS,
        heartbeatSeconds: LIMITS.queueHeartbeatMs / 1000,
        expireInSeconds: LIMITS.queueExpiryMs / 1000,
      });
      const mine = jobs.filter((job) => job.kind === kind);
      const inserts = mine.map(({ key, startAfterMs }) => ({
        data: { key, url } satisfies JobData,
        startAfter: startAfterMs / 1000,
      }));
      await boss.insert(kind, inserts);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** Every job there is. */
export const readQueue = (database: string): Promise<readonly QueueRow[]> =>
  query<QueueRow>(
    database,
    `SELECT name, data ->> 'key' AS key, state, retry_count AS "retryCount", output FROM pgboss.job`,
  );

/** How many jobs have not come to their end. */
export async function countOpen(database: string): Promise<number> {
  const [row] = await query<{ readonly open: number }>(
    database,
    `SELECT count(*)::int AS open FROM pgboss.job WHERE name <> '${DEAD_LETTERS}' AND state IN ('created', 'retry', 'active')`,
  );
  return row?.open ?? 0;
}

async function query<R extends object>(connectionString: string, text: string): Promise<R[]> {
  const client = new Client({ connectionString });
  // A restart ends it in the middle: the query rejects.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}
