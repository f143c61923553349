import { Client } from "pg";
import { PgBoss, type ConstructorOptions, type JobWithMetadata, type Queue } from "pg-boss";
import { onTestFinished } from "vitest";
import { administer, freshDatabase } from "../helpers/postgres.ts";

const FOUND_WITHIN_MS = 30_000;

/** A pg-boss that looks often. Its errors are kept. Stopped when the test is over. */
export async function startBoss(
  url: string,
  options: Partial<ConstructorOptions> = {},
): Promise<PgBoss & { readonly errors: unknown[] }> {
  const boss = new PgBoss({
    connectionString: url,
    supervise: false,
    schedule: false,
    monitorIntervalSeconds: 1,
    ...options,
  });
  const errors: unknown[] = [];
  boss.on("error", (error) => errors.push(error));
  onTestFinished(() => boss.stop({ graceful: false }));
  await boss.start();
  return Object.assign(boss, { errors });
}

export interface TestQueue {
  readonly url: string;
  readonly boss: PgBoss & { readonly errors: unknown[] };
  readonly jobs: JobWatch;
  /** Sends a job and gives its id. */
  readonly send: (data: object, options?: object) => Promise<string>;
}

/** A database with pg-boss, the queue `publish` and its dead-letter queue `publish-dead`. */
export async function publishQueue(
  options: Partial<Queue> = {},
  boss: Partial<ConstructorOptions> = {},
): Promise<TestQueue> {
  const url = await freshDatabase();
  const started = await startBoss(url, boss);
  await started.createQueue("publish-dead");
  await started.createQueue("publish", { deadLetter: "publish-dead", ...options });
  const jobs = await JobWatch.open(url);
  onTestFinished(() => jobs.close());
  return {
    url,
    boss: started,
    jobs,
    async send(data, sendOptions) {
      const id = await started.send("publish", data, sendOptions);
      if (id === null) throw new Error("the job was not sent");
      return id;
    },
  };
}

/** Reads jobs, and waits for what becomes of them: a trigger tells of each change. */
export class JobWatch {
  readonly #client: Client;
  readonly #listeners = new Set<() => void>();
  /** The query before: a client takes one at a time. */
  #before: Promise<unknown> = Promise.resolve();

  private constructor(client: Client) {
    this.#client = client;
    client.on("notification", () => {
      for (const listener of this.#listeners) listener();
    });
    // The server ends it in tests that restart the server.
    client.on("error", () => undefined);
  }

  static async open(url: string): Promise<JobWatch> {
    await administer(
      url,
      `CREATE FUNCTION tell_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('job', NEW.id::text); RETURN NULL; END $$`,
      "CREATE TRIGGER tell_job AFTER INSERT OR UPDATE ON pgboss.job FOR EACH ROW EXECUTE FUNCTION tell_job()",
    );
    const client = new Client({ connectionString: url });
    const watch = new JobWatch(client);
    await client.connect();
    await client.query("LISTEN job");
    return watch;
  }

  async all(queue: string): Promise<readonly JobRow[]> {
    const answer = this.#before.then(() =>
      this.#client.query<JobRow>(
        `SELECT id, state::text, retry_count AS "retryCount", retry_limit AS "retryLimit", output, source_id AS "sourceId", source_output AS "sourceOutput",
        extract(epoch FROM start_after - now())::float AS "startsInSeconds", data FROM pgboss.job WHERE name = $1 ORDER BY created_on`,
        [queue],
      ),
    );
    this.#before = answer.catch(() => undefined);
    return (await answer).rows;
  }

  /** The first job of the queue for which it holds. */
  async until(queue: string, holds: (job: JobRow) => boolean): Promise<JobRow> {
    const endsAt = performance.now() + FOUND_WITHIN_MS;
    for (;;) {
      const { promise: changed, resolve } = Promise.withResolvers<void>();
      this.#listeners.add(resolve);
      const timer = setTimeout(resolve, Math.max(1, endsAt - performance.now()));
      try {
        const jobs = await this.all(queue);
        const found = jobs.find(holds);
        if (found !== undefined) return found;
        if (performance.now() > endsAt) throw new Error(`No such job; there are ${JSON.stringify(jobs)}`);
        await changed;
      } finally {
        clearTimeout(timer);
        this.#listeners.delete(resolve);
      }
    }
  }

  ended(id: string): Promise<JobRow> {
    return this.until(
      "publish",
      (job) => job.id === id && ["completed", "failed", "cancelled"].includes(job.state),
    );
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

export interface JobRow {
  readonly id: string;
  readonly state: JobWithMetadata["state"];
  readonly retryCount: number;
  readonly retryLimit: number;
  readonly output: Record<string, unknown> | null;
  readonly sourceId: string | null;
  readonly sourceOutput: Record<string, unknown> | null;
  readonly startsInSeconds: number;
  readonly data: object;
}
