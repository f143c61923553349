import { Socket } from "node:net";
import pTimeout from "p-timeout";
import { closingClient } from "./closing-client.ts";
import type { PgPool } from "./driver.ts";
import { loadPg } from "./load.ts";
import { withPassfile } from "./passfile.ts";
import { FallbackPool, requireTlsFiles, urlsToTry } from "./tls.ts";

/** Small, as each worker has one and a server has about 100 connections in all. */
const MAX_CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 10_000;
/** How long connections that are in use, or being made, may hold up the end of a pool. */
const END_WITHIN_MS = 500;

/**
 * A pool that hardcall makes for a URL. It keeps no process alive: what waits for an answer has a timer of its own.
 *
 * @throws LedgerError `invalid_config`
 */
export async function makePool(connectionString: string): Promise<PgPool> {
  requireTlsFiles(new URL(connectionString));
  const { Pool, Client } = await loadPg();
  const Closing = closingClient(Client);
  const sockets = new Set<Socket>();
  const pools = urlsToTry(withPassfile(connectionString)).map(
    (one) =>
      new Pool({
        connectionString: one,
        max: MAX_CONNECTIONS,
        connectionTimeoutMillis: CONNECT_WITHIN_MS,
        // A cut that no packet tells of is noticed while the connection lies idle, too.
        keepAlive: true,
        allowExitOnIdle: true,
        application_name: "hardcall",
        Client: Closing,
        stream: () => trackedSocket(sockets),
      }),
  );
  const pool = pools.length === 1 ? (pools[0] as PgPool) : new FallbackPool(pools);
  // The loss of an idle connection would otherwise end the process. The pool has dropped it already.
  pool.on("error", () => undefined);
  const end = pool.end.bind(pool);
  pool.end = () =>
    pTimeout(end(), {
      milliseconds: END_WITHIN_MS,
      // The pool waits for a connection that is being made, and a server that stays silent takes long.
      fallback: () => {
        for (const socket of sockets) socket.destroy();
      },
    });
  return pool;
}

/** While it connects, too, it keeps no process alive; the pool sees to that only later. */
function trackedSocket(sockets: Set<Socket>): Socket {
  const socket = new Socket().unref();
  sockets.add(socket);
  return socket.once("close", () => sockets.delete(socket));
}
