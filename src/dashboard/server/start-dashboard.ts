import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { LedgerError } from "../../database/errors.ts";
import { Access } from "./access.ts";
import { readAssets } from "./assets.ts";
import { EventStreams } from "./event-streams.ts";
import { openSource } from "../ledger/open-source.ts";
import { RefusedRequest } from "../refused-request.ts";
import { sendJson } from "./respond.ts";
import { answer, type Site } from "./routes.ts";

const LOOPBACK = "127.0.0.1";

export interface DashboardOptions {
  /** A path or a `postgres://` URL. @default `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db` */
  readonly ledger?: string | undefined;
  /** 0: a free one. @default 0 */
  readonly port?: number | undefined;
  /** The interface to listen on, by name or address; needs `token`. @default 127.0.0.1 */
  readonly host?: string | undefined;
  /** Opens any number of sessions. @default a new one for each session, which works once */
  readonly token?: string | undefined;
  /** Is told the next URL when the one before was used. */
  readonly onNextUrl?: ((url: string) => void) | undefined;
  /** Is told of a fault of the server itself. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** The folder of the page's files. @default that of the package */
  readonly assets?: string | undefined;
}

export interface Dashboard {
  /** With a token in it, unless the user chose one. */
  readonly url: string;
  readonly port: number;
  /** Where the ledger is, without credentials. */
  readonly ledger: string;
  close(): Promise<void>;
}

/**
 * Starts the dashboard's server. A ledger that cannot be used yet is no error: the page says so until it can be.
 *
 * @throws LedgerError `invalid_config` for a ledger that is named wrongly; the system's error (`EADDRINUSE` …) for a port or a host
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const source = openSource(options.ledger);
  const streams = new EventStreams(source);
  const urlWith = (token: string | undefined) =>
    `http://${bracketed(options.host ?? LOOPBACK)}:${site.port}/${token === undefined ? "" : `?token=${token}`}`;
  const access = new Access(options.token, (next) => options.onNextUrl?.(urlWith(next)));
  const assets = await readAssets(options.assets);
  const site = { access, assets, source, streams, host: options.host, port: 0 };
  const server = createServer({ requestTimeout: 30_000, keepAliveTimeout: 5000 }, (request, response) => {
    void respond(site, request, response, options.onFault);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(options.port ?? 0, options.host ?? LOOPBACK, resolve);
  await promise;
  const address = server.address();
  site.port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: urlWith(access.oneTimeToken),
    port: site.port,
    ledger: source.location,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await streams.close();
      server.closeAllConnections();
      await closed;
      await source.close();
    },
  };
}

async function respond(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  onFault: ((error: unknown) => void) | undefined,
): Promise<void> {
  try {
    await answer(site, request, response);
  } catch (error) {
    // The browser went away in the middle of its request.
    if (request.destroyed && !request.complete) return;
    const refused = asRefused(error);
    if (refused.code === "internal") onFault?.(error);
    if (response.headersSent) response.destroy();
    else sendJson(request, response, refused.body, refused.status, refused.headers);
  }
}

function asRefused(error: unknown): RefusedRequest {
  if (error instanceof RefusedRequest) return error;
  if (error instanceof LedgerError) return new RefusedRequest("ledger_unavailable", error.message);
  return new RefusedRequest("internal", "A fault in hardcall itself; its terminal says more.");
}

const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host);
