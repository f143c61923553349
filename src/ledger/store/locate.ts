import { defaultLedgerPath, filePath } from "../../database/ledger-path.ts";
import { isPostgresUrl, type PostgresUrl, readPostgresUrl } from "../../database/postgres/url.ts";

/** What a ledger's name stands for. */
export type LedgerPlace =
  | { readonly kind: "file"; readonly path: string; readonly location: string }
  | ({ readonly kind: "postgres" } & PostgresUrl);

/**
 * Where the ledger is that is named in code or by `--ledger`: a path or a `postgres://` URL. Without a name: `HARDCALL_LEDGER`, else the
 * embedded one.
 *
 * @throws LedgerError `invalid_config`
 */
export function locateLedger(given?: string, env: NodeJS.ProcessEnv = process.env): LedgerPlace {
  const named = given ?? env["HARDCALL_LEDGER"];
  if (named !== undefined && isPostgresUrl(named)) {
    const what = given === undefined ? "HARDCALL_LEDGER" : "The ledger's URL";
    return { kind: "postgres", ...readPostgresUrl(named, what) };
  }
  const path = given === undefined ? defaultLedgerPath(env) : filePath(given);
  return { kind: "file", path, location: path };
}

/**
 * The ledger of a definition: a relative path is resolved once, in the working folder of the definition. Resolved at each call, it would
 * name another ledger after `process.chdir`, and the same call would run a second time.
 */
export function anchored<Store>(ledger: Store | string): Store | string {
  if (typeof ledger !== "string" || isPostgresUrl(ledger)) return ledger;
  try {
    return filePath(ledger);
  } catch {
    return ledger; // Each call reports the error and starts nothing.
  }
}
