import { setTimeout as pause } from "node:timers/promises";
import { LedgerError } from "../database/errors.ts";
import { type Dashboard, startDashboard } from "../dashboard/server/start-dashboard.ts";
import { END_SIGNALS } from "../process/end-signals.ts";
import { DASHBOARD } from "./interface/dashboard.ts";
import { EXIT } from "./interface/exit-code.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";
import { openBrowser } from "./open-browser.ts";
import { exitCodeAfter, print } from "./print.ts";
import { visible } from "./terminal/visible.ts";

/** Someone who can reach the port can try as many tokens as they like. */
const TOKEN = /^[\w.~-]{20,200}$/;
/** Nothing is lost at the end: what an operator asked for has been written, or its page shows no answer. */
const CLOSE_WITHIN_MS = 2000;
const HIGHEST_PORT = 65_535;

/** `hardcall dashboard [--port N] [--open] [--host H --token T]`: serves until SIGINT or SIGTERM. */
export async function main(argv: string[]): Promise<number> {
  const { port, open, host, token, ledger } = parse(DASHBOARD, argv).values();
  if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT)
    throw new UsageError(`--port is ${port}; give a number from 0 to ${HIGHEST_PORT}`);
  if (host !== undefined && token === undefined)
    throw new UsageError(
      "--host needs --token: other machines could reach the page, and the token keeps them out",
    );
  if (host !== undefined && !/^[\w.:-]+$/.test(host))
    throw new UsageError("--host is not a name or an address; give one such as 192.0.2.1");
  if (token !== undefined && !TOKEN.test(token))
    throw new UsageError("--token must have 20 to 200 characters: letters, digits, and - . _ ~");
  const stopped = untilStopped();
  let dashboard: Dashboard;
  try {
    dashboard = await startDashboard({
      ledger,
      port,
      host,
      token,
      onNextUrl: (url) => void print(`For another browser: ${url}\n`),
      onFault: (error) => void process.stderr.write(`hardcall: ${errorText(error)}\n`),
    });
  } catch (error) {
    if (error instanceof LedgerError) {
      process.stderr.write(`hardcall: ${error.message}\n`);
      return error.code === "invalid_config" ? EXIT.usage : EXIT.ledger;
    }
    throw listenError(error, { port, host });
  }
  void print(
    `The dashboard of ${visible(dashboard.ledger)}: ${dashboard.url}${token === undefined ? "" : " (it asks for the token)"}\n`,
  );
  if (open) openBrowser(dashboard.url);
  await stopped;
  await Promise.race([dashboard.close(), pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  // Not left to the event loop: a server of Postgres that does not answer may still be waited for.
  return process.exit(await exitCodeAfter(EXIT.ok));
}

/** To end it by a signal is its only way to end. A second signal does not wait for requests that are under way. */
function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of END_SIGNALS) process.once(signal, () => resolve());
  return promise;
}

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has this port; give another --port, or leave it out",
  EACCES: "this port is not allowed for this user; give another --port, or leave it out",
  EADDRNOTAVAIL: "this machine does not have that address; give another --host",
  ENOTFOUND: "no address is known for that name; give another --host",
  EAI_AGAIN: "no address is known for that name; give another --host",
};

function listenError(
  error: unknown,
  { port, host }: { readonly port: number; readonly host: string | undefined },
): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  const why = LISTEN_ERRORS[code];
  return why === undefined
    ? error
    : new UsageError(`cannot listen on ${host ?? "127.0.0.1"} port ${port}: ${why}`);
}

const errorText = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
