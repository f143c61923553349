import { randomUUID } from "node:crypto";
import { Client, type QueryResult } from "pg";
import { inject, onTestFinished } from "vitest";
import { startPostgres, type PostgresServer, type PostgresServerOptions } from "./postgres-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The URL of the Postgres that the whole run shares. */
    postgres: string;
  }
}

/** An empty database on the Postgres of this run, as a URL. Dropped when the test is over, with all connections to it. */
export async function freshDatabase(): Promise<string> {
  const { url, drop } = await createDatabase();
  onTestFinished(drop);
  return url;
}

/** The same for what is shared by several tests: the caller drops it. */
export async function createDatabase(): Promise<{
  readonly url: string;
  readonly drop: () => Promise<void>;
}> {
  const shared = inject("postgres");
  const name = `t_${randomUUID().replaceAll("-", "")}`;
  await administer(shared, `CREATE DATABASE ${name}`);
  return {
    url: shared.replace(/\/postgres$/, `/${name}`),
    drop: async () => void (await administer(shared, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** A Postgres of this test's own, to restart it, to give it settings of its own, or to end it. Gone when the test is over. */
export async function ownPostgres(options?: PostgresServerOptions): Promise<PostgresServer> {
  const server = await startPostgres(options);
  onTestFinished(() => server.remove());
  return server;
}

/** Runs statements over a connection of their own, for what a test looks up or breaks by hand. */
export async function administer(
  url: string,
  ...statements: readonly string[]
): Promise<QueryResult["rows"]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: QueryResult["rows"] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
