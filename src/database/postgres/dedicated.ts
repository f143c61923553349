import type { PgClient, PgPool } from "./driver.ts";
import { TYPES } from "./driver.ts";

const ignore = () => undefined;

/**
 * A connection beside the pool, for notifications. It keeps no process alive.
 *
 * @param onLost is told once, when the connection has gone
 * @returns `undefined` where the connection is not direct: behind a pooler in transaction mode, LISTEN would be another client's a moment
 *   later. A pooler makes up the number that it tells in the handshake, so it differs from the backend's own.
 */
export async function connectBeside(pool: PgPool, onLost: () => void): Promise<PgClient | undefined> {
  if (pool.Client === undefined || pool.options === undefined) return undefined;
  const client = new pool.Client(pool.options);
  // Without a listener the loss of a connection would end the process.
  client.on("error", ignore);
  client.unref?.();
  await client.connect();
  client.unref?.();
  const answer = await client.query({ text: "SELECT pg_backend_pid() AS pid", types: TYPES });
  const [row] = "rows" in answer ? answer.rows : [];
  if (row === undefined || row["pid"] !== client.processID) {
    await client.end();
    return undefined;
  }
  client.on("end", onLost);
  return client;
}
