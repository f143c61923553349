import { errnoOf, LedgerError } from "../errors.ts";
import type { PgPool, PgPooled } from "./driver.ts";
import { sqlStateOf } from "./errors.ts";

const MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"];
const FILES = ["sslrootcert", "sslcert", "sslkey"];
export const SSL_PARAMETERS: readonly string[] = ["sslmode", ...FILES];

/**
 * Gives `sslmode` the meaning that psql and libpq give it (https://www.postgresql.org/docs/current/libpq-ssl.html). Without `uselibpqcompat`,
 * `pg` 8 takes `require` for `verify-full`, and prints a warning that it will not for long.
 *
 * @throws LedgerError `invalid_config` for an unknown mode
 */
export function setSslMode({ searchParams }: URL, what: string): void {
  const mode = searchParams.get("sslmode");
  if (searchParams.get("sslrootcert") === "system") {
    // Since libpq 16: the authorities that the system trusts, which Node does without being told.
    searchParams.delete("sslrootcert");
    if (mode === null) searchParams.set("sslmode", "verify-full");
  }
  if (mode === null) return;
  if (!MODES.includes(mode)) throw invalid(`${what} has an unknown sslmode. Give ${MODES.join(", ")}.`);
  if (mode === "verify-ca" && !searchParams.has("sslrootcert")) {
    throw invalid(`${what} has sslmode=verify-ca, which needs sslrootcert=FILE. Add it, or use verify-full.`);
  }
  if (mode !== "no-verify" && !searchParams.has("uselibpqcompat")) searchParams.set("uselibpqcompat", "true");
}

/** `pg` reads these files with each new connection, and what it then throws names no option. @throws LedgerError `invalid_config` */
export function requireTlsFiles({ searchParams }: URL): void {
  for (const name of FILES) {
    const file = searchParams.get(name);
    if (file === null) continue;
    try {
      process.getBuiltinModule("node:fs").readFileSync(file);
    } catch (error) {
      throw invalid(
        `The file that ${name} names in the ledger's URL cannot be read (${errnoOf(error) ?? "an error"}).`,
      );
    }
  }
}

/** The URLs to try in turn: `prefer` is content without TLS, `allow` without trying it. */
export function urlsToTry(connectionString: string): readonly [string, ...string[]] {
  const url = new URL(connectionString);
  const withMode = (sslmode: string) => {
    const other = new URL(url);
    other.searchParams.set("sslmode", sslmode);
    return other.href;
  };
  switch (url.searchParams.get("sslmode")) {
    case "prefer":
      return [withMode("prefer"), withMode("disable")];
    case "allow":
      return [withMode("disable"), withMode("prefer")];
    default:
      return [connectionString];
  }
}

/** Goes over to the next pool for good once the server has refused the first one's way to connect. */
export class FallbackPool implements PgPool {
  readonly #pools: readonly PgPool[];
  #current = 0;

  constructor(pools: readonly PgPool[]) {
    this.#pools = pools;
  }

  get options(): PgPool["options"] {
    return this.#pools[this.#current]?.options;
  }

  get Client(): PgPool["Client"] {
    return this.#pools[this.#current]?.Client;
  }

  async connect(): Promise<PgPooled> {
    for (;;) {
      const tried = this.#current;
      try {
        return await (this.#pools[tried] as PgPool).connect();
      } catch (error) {
        if (!isAboutTls(error) || tried + 1 >= this.#pools.length) throw error;
        this.#current = Math.max(this.#current, tried + 1);
      }
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }

  on(event: "error", listener: (error: Error) => void): void {
    for (const pool of this.#pools) pool.on(event, listener);
  }
}

/** The server has no TLS, or takes nothing else (its pg_hba.conf). */
const isAboutTls = (error: unknown) =>
  error instanceof Error &&
  (/does not support SSL/i.test(error.message) ||
    (sqlStateOf(error) === "28000" && /no encryption/i.test(error.message)));

const invalid = (message: string) => new LedgerError("invalid_config", message);
