import { readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { isWindows } from "../../core/is-windows.ts";
import { addressOf } from "./url.ts";

/**
 * The URL with the password that `PGPASSFILE` or `~/.pgpass` has for it, where neither the URL nor `PGPASSWORD` has one. `pg` 8 reads this
 * file, too, and each time prints a warning that `pg` 9 will not.
 *
 * Source: https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function withPassfile(connectionString: string, env: NodeJS.ProcessEnv = process.env): string {
  const url = new URL(connectionString);
  if (url.password !== "" || url.searchParams.has("password") || env["PGPASSWORD"]) return connectionString;
  const { host, port, database } = addressOf(url, env);
  const user =
    decodeURIComponent(url.username) || url.searchParams.get("user") || env["PGUSER"] || systemUser();
  const hosts = host.startsWith("/") ? [host, "localhost"] : [host];
  for (const [ofHost, ofPort, ofDatabase, ofUser, password] of entries(env)) {
    const isMeant = fits(ofHost, ...hosts) && fits(ofPort, port) && fits(ofDatabase, database ?? user);
    if (isMeant && fits(ofUser, user) && password !== undefined) {
      url.searchParams.set("password", password);
      return url.href;
    }
  }
  return connectionString;
}

const fits = (pattern: string | undefined, ...values: readonly (string | undefined)[]) =>
  pattern === "*" || values.some((value) => value === pattern);

/** `host:port:database:user:password` in lines, with a backslash before a colon or a backslash of a field. */
function entries(env: NodeJS.ProcessEnv): string[][] {
  const file = fileOf(env);
  const lines = file === undefined ? [] : readOwn(file).split(/\r?\n/);
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) =>
      [...line.matchAll(/((?:\\.|[^\\:])*)(?::|$)/g)].map(([, field = ""]) =>
        field.replaceAll(/\\(.)/g, "$1"),
      ),
    );
}

function fileOf(env: NodeJS.ProcessEnv): string | undefined {
  if (env["PGPASSFILE"]) return env["PGPASSFILE"];
  try {
    return isWindows
      ? join(env["APPDATA"] ?? homedir(), "postgresql", "pgpass.conf")
      : join(homedir(), ".pgpass");
  } catch {
    return undefined; // HOME is not set, and a container's user has no entry.
  }
}

/** As in libpq, a file that others may read counts for nothing. */
function readOwn(file: string): string {
  try {
    const { mode } = statSync(file);
    return !isWindows && (mode & 0o077) !== 0 ? "" : readFileSync(file, "utf8");
  } catch {
    return ""; // There is none, or it is not for us: the server then says that it wants a password.
  }
}

function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // A container's user has no entry.
  }
}
