import { Client } from "pg";
import { PgBoss } from "pg-boss";
import { DEAD_LETTERS, KINDS, LIMITS, type JobData, type Kind, type Limits } from "./plan/jobs.ts";
import type { QueueRecord } from "./records.ts";

/** A row of the queue, with the key of its job. */
export interface QueueRow extends QueueRecord {
  readonly key: string;
  readonly name: string;
}

export interface Sending {
  readonly kind: Kind;
  readonly data: JobData;
  /** @default 0 */
  readonly startAfterMs?: number;
}

/** Makes the queues if they are not there, and puts jobs in them. */
export async function enqueue(
  connectionString: string,
  { retryLimit, limits }: { readonly retryLimit: number; readonly limits: Limits },
  jobs: readonly Sending[],
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
        expireInSeconds: limits.queueExpiryMs / 1000,
      });
      const mine = jobs.filter((job) => job.kind === kind);
      await boss.insert(
        kind,
        mine.map(({ data, startAfterMs = 0 }) => ({ data, startAfter: startAfterMs / 1000 })),
      );
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** Every job there is. What is in the dead-letter queue tells why (`source_output`). */
export const readQueue = (database: string): Promise<readonly QueueRow[]> =>
  query<QueueRow>(
    database,
    `SELECT name, data ->> 'key' AS key, state, retry_count AS "retryCount", COALESCE(source_output, output) AS output FROM pgboss.job`,
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
