import { nearest } from "../../core/nearest.ts";
import { LedgerError } from "../errors.ts";
import { setSslMode, SSL_PARAMETERS } from "./tls.ts";

export const DEFAULT_SCHEMA = "hardcall";

/** A ledger's URL, taken apart. */
export interface PostgresUrl {
  /** For `pg`: without our `schema`. It holds the password, so it goes into no message. */
  readonly connectionString: string;
  readonly schema: string;
  /** For messages: host, port, database and schema. */
  readonly location: string;
}

/** Whether a ledger is named by a URL of Postgres, and not by a path. */
export const isPostgresUrl = (given: string): boolean => /^postgres(?:ql)?:/i.test(given);

/**
 * Takes the URL of a ledger apart: `postgres://user:password@host:5432/database?sslmode=verify-full&schema=hardcall`.
 *
 * @param what names the URL in messages, which never show it
 * @param beside a schema that was named apart from the URL
 * @throws LedgerError `invalid_config` for a URL that does not parse, or that would name another place than the one that was meant
 */
export function readPostgresUrl(given: string, what = "The ledger's URL", beside?: string): PostgresUrl {
  const url = parse(given, what);
  refuseMistyped(url, what);
  const schemas = new Set([...url.searchParams.getAll("schema"), ...(beside === undefined ? [] : [beside])]);
  if (schemas.size > 1)
    throw invalid(`${what} has more than one schema (${[...schemas].join(", ")}). Leave one.`);
  const [schema = DEFAULT_SCHEMA] = schemas;
  requireSchema(schema, what);
  refuseOtherPlaces(url, what);
  // pg takes parameters it does not know for options of its own.
  url.searchParams.delete("schema");
  setSslMode(url, what);
  return { connectionString: url.href, schema, location: locationOf(addressOf(url), schema) };
}

/** Where a database is, without a word about who uses it. */
export interface Address {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: string;
  /** None: the user's name, which `pg` fills in. */
  readonly database: string | undefined;
}

export function locationOf({ host, port, database }: Address, schema: string): string {
  const isSocket = host.startsWith("/");
  const name = isSocket ? "" : `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const rest = [
    ...(isSocket ? [`host=${host}`] : []),
    ...(schema === DEFAULT_SCHEMA ? [] : [`schema=${schema}`]),
  ];
  return `postgres://${name}${database === undefined ? "" : `/${database}`}${rest.length > 0 ? `?${rest.join("&")}` : ""}`;
}

/** The parts of a URL, with what `pg` reads from the environment for those that are left out. */
export function addressOf(url: URL, env: NodeJS.ProcessEnv = process.env): Address {
  const named = (name: string) => url.searchParams.get(name) || undefined;
  const bare = url.hostname.replace(/^\[(.+)\]$/, "$1");
  const path = url.pathname.slice(1);
  return {
    host: named("host") ?? (bare === "" ? (env["PGHOST"] ?? "localhost") : decodeURIComponent(bare)),
    port: named("port") ?? (url.port === "" ? (env["PGPORT"] ?? "5432") : url.port),
    database: path === "" ? env["PGDATABASE"] : decodeURIComponent(path),
  };
}

/** @throws LedgerError `invalid_config` */
export function requireSchema(schema: string, what: string): void {
  if (/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(schema) && schema !== "information_schema") return;
  throw invalid(
    `${what} names a schema that cannot be one. Use at most 63 small letters, digits and "_", with no digit first, and no "pg_" in front.`,
  );
}

/**
 * `pg` ignores what it does not know. So a mistyped `schema` would mean the default schema, which is another ledger: each key would run
 * once more. A mistyped `sslmode` would mean no TLS.
 */
function refuseMistyped({ searchParams }: URL, what: string): void {
  const known = ["schema", ...SSL_PARAMETERS];
  for (const name of searchParams.keys()) {
    if (known.includes(name) || name === "sslcrl") continue;
    const meant = nearest(name.toLowerCase(), known);
    // The name is not shown: it may be a part of a password.
    if (meant !== undefined) throw invalid(`${what} has an unknown parameter; did you mean ${meant}?`);
  }
}

/** Parameters of libpq that lead to another server or database, or ask for TLS. `pg` ignores them. */
const NOT_FOLLOWED = ["service", "servicefile", "hostaddr", "dbname", "requiressl"];

function refuseOtherPlaces(url: URL, what: string): void {
  const name = NOT_FOLLOWED.find((one) => url.searchParams.has(one));
  if (name !== undefined) {
    throw invalid(
      `${what} has the parameter ${name}, which hardcall does not follow. Write the host, the database and sslmode into the URL.`,
    );
  }
  if (addressOf(url).host.includes(","))
    throw invalid(`${what} names several hosts. Name one that always leads to the primary.`);
}

function parse(given: string, what: string): URL {
  const help = `Write postgres://user:password@host:5432/database, with %23 for "#", %2F for "/", %3F for "?" and %40 for "@" in the password.`;
  if (given.trim() !== given || /[\p{Cc} ]/u.test(given)) {
    throw invalid(`${what} contains a blank or a control character. ${help}`);
  }
  // The URL of an empty host, whose place the parameter "host" or PGHOST takes.
  const url = URL.parse(given) ?? URL.parse(given.replace("@/", "@placeholder/"));
  if (url === null || !given.includes("://")) throw invalid(`${what} does not parse. ${help}`);
  if (!isPostgresUrl(given)) throw invalid(`${what} is a URL of something else. ${help}`);
  const isEmptyHost = URL.parse(given) === null;
  const parts = url.pathname.split("/");
  const names = [...url.searchParams.keys()];
  // Signs of a password whose "#", "/" or "?" ended the host's name: pg would send its beginning to another host.
  if (
    url.hash !== "" ||
    parts.length > 2 ||
    url.pathname.includes("@") ||
    names.some((name) => !/^\w+$/.test(name))
  ) {
    throw invalid(`${what} does not parse. ${help}`);
  }
  if (isEmptyHost && !names.includes("host"))
    throw invalid(`${what} has no host. Name one, or write ?host=/folder/of/the/socket.`);
  try {
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part);
  } catch {
    throw invalid(`${what} contains a "%" that two hexadecimal digits do not follow. Write %25 for "%".`);
  }
  // The server would take what follows for settings.
  if (/%00/.test(given)) throw invalid(`${what} contains a NUL (%00), which no name or password can have.`);
  return url;
}

const invalid = (message: string) => new LedgerError("invalid_config", message);
